"""Letters of the secretariat about membership: one function a letter, posted to the outbox."""

"""What our own PostgreSQL and Redis have in common: one server in one folder, under one lock."""

from abc import ABC, abstractmethod
from pathlib import Path
from typing import IO, ClassVar

from platform_site.embedded import places
from platform_site.embedded.child import Child, ServiceError, humble_account


class Server(ABC):
    """`start()` may be called again; so may `stop()`."""

    name: ClassVar[str]

    def __init__(self, run_dir: Path, log: Path | None = None) -> None:
        self.account = humble_account()
        self.run_dir = places.make_private(run_dir, enter=self.account)
        self.log = log or self.run_dir / f"{self.name}.log"
        self._child: Child | None = None
        self._lock: IO[str] | None = None

    @property
    @abstractmethod
    def url(self) -> str:
        """Under which clients find it."""

    @property
    @abstractmethod
    def taken(self) -> str:
        """What is said when another process runs it."""

    @abstractmethod
    def _launch(self) -> None:
        """Everything from an empty folder to a server that answers; raises ServiceError."""

    @property
    def child(self) -> Child | None:
        return self._child

    def start(self) -> str:
        """Returns the url."""
        if self._child is None or not self._child.running():
            self._take_lock()
            try:
                self._launch()
            except BaseException:
                self.stop()
                raise
        return self.url

    def stop(self) -> None:
        if self._child is not None:
            self._child.stop()
            self._child = None
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _take_lock(self) -> None:
        """Two servers would work in the same folder, or one take the socket of the other."""
        if self._lock is None:
            self._lock = places.lock(self.run_dir / f"{self.name}.lock")
        if self._lock is None:
            raise ServiceError(self.taken)

"""`/my/organizations/<slug>/`: what a contact does for one organisation."""

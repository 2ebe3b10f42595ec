"""`manage.py run`: every process of the platform from one terminal."""

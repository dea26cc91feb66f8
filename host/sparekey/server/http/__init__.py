"""From bytes on a connection to a checked call of the API, and back."""

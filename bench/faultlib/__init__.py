"""The fault matrix: what is done to an installation, and how it is compared with the truth."""

"""Configuration: feeds.yaml and the environment become Settings, or every problem at once."""

from monitor.config.settings import Settings, SmtpSettings, load_settings

__all__ = ["Settings", "SmtpSettings", "load_settings"]

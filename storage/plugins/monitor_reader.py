"""For `datasette --plugins-dir storage/plugins` where kz-monitor is importable but not installed.

The plugin itself is the package monitor.reader; an installed kz-monitor announces it by itself
(entry point "datasette"), and then this file changes nothing.
"""

from datasette.plugins import pm

import monitor.reader

if not pm.is_registered(monitor.reader):
    pm.register(monitor.reader, name="monitor")

"""One module per command: `add_arguments(parser)` and `run(arguments) -> exit code`.

The module's docstring is what `monitor COMMAND --help` teaches. The only place that prints, and
the only door to rich (terminal display).
"""

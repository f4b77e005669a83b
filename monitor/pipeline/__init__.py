"""The lines poll, collect, revisit, deliver: the only package that knows the order of the stages,
and the only failure boundary. What fails is written to the database; the rest goes on."""

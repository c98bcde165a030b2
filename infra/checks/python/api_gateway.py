"""A hook of schemathesis, for the door that API Gateway stands at.

API Gateway hands a path on decoded and cut at its first question mark, also one that came as %3F: of a model
whose name begins with one, the list of models is left. The document says so; the answer is not that of the
operation that was called.
"""

from urllib.parse import unquote

import schemathesis


@schemathesis.hook
def filter_case(context, case):
    name = str((case.path_parameters or {}).get("id", ""))
    return not unquote(name).lstrip("/").startswith("?")

"""Has the application beside it do what the test says, one line of JSON each."""
import json
import sys

import app

checks = tokens = None


def do(what, *how):
    global checks, tokens
    if what == "signIn":
        address, checks = app.sign_in(**how[0])
        return {"address": address}
    if what == "finish":
        tokens, _ = app.finish(how[0], checks)
        return tokens
    if what == "refresh":
        tokens = {**tokens, **app.refresh(tokens)}
        return tokens
    return {"address": app.sign_out(tokens)}


print("{}", flush=True)
for line in sys.stdin:
    try:
        said = do(*json.loads(line))
    except Exception as e:
        said = {"error": getattr(e, "error", None) or repr(e)}
    print(json.dumps(said), flush=True)

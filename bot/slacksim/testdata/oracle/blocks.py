"""Has slack_sdk's validators look at all that stories sent, in the folder of the first argument."""
import collections
import glob
import json
import os
import sys

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

wrong, unknown, seen = 0, collections.Counter(), 0
for name in sorted(glob.glob(os.path.join(sys.argv[1], "*.json"))):
    with open(name, encoding="utf8") as f:
        sent = json.load(f)
    origin = f"{sent['story']}: {sent['method']}"
    for raw in sent.get("blocks") or sent["view"]["blocks"]:
        seen += 1
        try:
            block = Block.parse(raw)
            if block is None:
                unknown[raw["type"]] += 1
                continue
            block.validate_json()
        except (SlackObjectFormationError, TypeError) as e:
            wrong += 1
            print(f"{origin}: {e}\n  {json.dumps(raw)[:300]}")
    if "view" in sent:
        seen += 1
        try:
            View(**sent["view"]).validate_json()
        except (SlackObjectFormationError, TypeError) as e:
            wrong += 1
            print(f"{origin}: {e}")
for kind, n in unknown.items():
    print(f"NOT CHECKED: {n} blocks of the type {kind}, which this slack_sdk does not know")
print(f"slack_sdk: {seen} blocks and views, {wrong} of them not as they should be")
if not seen:
    print("NOT CHECKED: the stories left nothing in " + sys.argv[1])
sys.exit(1 if wrong or not seen else 0)

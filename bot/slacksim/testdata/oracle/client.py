"""Slack's Bolt for Python as an app in the simulated workspace: the same as client.mjs."""
import json
import os
import sys

from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError


def say(what, value):
    print(json.dumps({"what": what, "value": value}), flush=True)


client = WebClient(token=os.environ["SLACK_BOT_TOKEN"], base_url=os.environ["SLACK_API_URL"])
app = App(client=client)
BUTTON = {"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "Go"}, "value": "v1"}
FORM = {
    "type": "modal", "callback_id": "form", "title": {"type": "plain_text", "text": "Form"}, "submit": {"type": "plain_text", "text": "Send"},
    "blocks": [{"type": "input", "block_id": "b", "label": {"type": "plain_text", "text": "Name"},
                "element": {"type": "plain_text_input", "action_id": "a"}}],
}


@app.command("/s1")
def command(ack, command, respond):
    ack("heard")
    say("command", command["text"])
    respond(text="answered", response_type="in_channel")


@app.event("app_mention")
def mention(event, client):
    say("mention", event["text"])
    say("mentioned", event["blocks"][0]["elements"][0]["elements"][0]["type"])
    blocks = [{"type": "actions", "elements": [BUTTON]}]
    posted = client.chat_postMessage(channel=event["channel"], text="with a button", blocks=blocks)
    say("posted", posted["ts"] == posted["message"]["ts"])
    edited = client.chat_update(channel=posted["channel"], ts=posted["ts"], text="edited", blocks=blocks)
    say("edited", edited["ts"] == posted["ts"])
    say("file", client.files_upload_v2(channel=event["channel"], filename="a.txt", content="content", title="a")["ok"])
    read = client.conversations_history(channel=event["channel"], limit=10)
    say("history", any(m["ts"] == posted["ts"] and m["edited"]["ts"] != m["ts"] for m in read["messages"] if "edited" in m))


@app.action("go")
def action(ack, action, body, client):
    ack()
    say("action", action["value"])
    say("view", client.views_open(trigger_id=body["trigger_id"], view=FORM)["view"]["callback_id"])


@app.view("form")
def form(ack, view):
    ack()
    say("form", view["state"]["values"]["b"]["a"]["value"])


def refused(name, call):
    try:
        call()
        say(name, "not refused")
    except SlackApiError as e:
        say(name, e.response["error"])


handler = SocketModeHandler(app, os.environ["SLACK_APP_TOKEN"], web_client=client)
handler.connect()
auth = client.auth_test()
say("auth", all(auth[k] for k in ("ok", "url", "team", "user", "team_id", "user_id", "bot_id")))
say("scopes", "chat:write" in {k.lower(): v for k, v in auth.headers.items()}.get("x-oauth-scopes", ""))
refused("unknown method", lambda: client.api_call("no.such.method"))
refused("no channel", lambda: client.chat_postMessage(channel="C0NOWHERE", text="x"))
refused("bad blocks", lambda: client.chat_postMessage(channel="#soc", text="x", blocks=[{"type": "nonsense"}]))
refused("used trigger", lambda: client.views_open(trigger_id="1.2.3", view=FORM))
say("ready", True)
sys.stdin.read()
handler.close()

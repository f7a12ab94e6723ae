// Slack's Bolt for JavaScript as an app in the simulated workspace. It says on its standard output what it was told and got, a line
// of JSON each; oracle_test.go plays the people and compares.
import bolt from "@slack/bolt";

const say = (what, value) => process.stdout.write(JSON.stringify({ what, value }) + "\n");
const app = new bolt.App({
  token: process.env.SLACK_BOT_TOKEN,
  appToken: process.env.SLACK_APP_TOKEN,
  socketMode: true,
  logLevel: "error",
  clientOptions: { slackApiUrl: process.env.SLACK_API_URL, retryConfig: { retries: 0 } },
});
const button = { type: "button", action_id: "go", text: { type: "plain_text", text: "Go" }, value: "v1" };
const form = {
  type: "modal", callback_id: "form", title: { type: "plain_text", text: "Form" }, submit: { type: "plain_text", text: "Send" },
  blocks: [{ type: "input", block_id: "b", label: { type: "plain_text", text: "Name" }, element: { type: "plain_text_input", action_id: "a" } }],
};

app.command("/s1", async ({ command, ack, respond }) => {
  await ack("heard");
  say("command", command.text);
  await respond({ text: "answered", response_type: "in_channel" });
});
app.event("app_mention", async ({ event, client }) => {
  say("mention", event.text);
  say("mentioned", event.blocks[0].elements[0].elements[0].type);
  const posted = await client.chat.postMessage({ channel: event.channel, text: "with a button", blocks: [{ type: "actions", elements: [button] }] });
  say("posted", posted.ts === posted.message.ts);
  const edited = await client.chat.update({ channel: posted.channel, ts: posted.ts, text: "edited", blocks: [{ type: "actions", elements: [button] }] });
  say("edited", edited.ts === posted.ts);
  const file = await client.files.uploadV2({ channel_id: event.channel, filename: "a.txt", content: "content", title: "a" });
  say("file", file.ok);
  const read = await client.conversations.history({ channel: event.channel, limit: 10 });
  say("history", read.messages.some((m) => m.ts === posted.ts && m.edited && m.edited.ts !== m.ts));
});
app.action("go", async ({ ack, action, body, client }) => {
  await ack();
  say("action", action.value);
  const opened = await client.views.open({ trigger_id: body.trigger_id, view: form });
  say("view", opened.view.callback_id);
});
app.view("form", async ({ ack, view }) => {
  await ack();
  say("form", view.state.values.b.a.value);
});

const refused = async (name, call) => {
  try {
    await call();
    say(name, "not refused");
  } catch (e) {
    say(name, e.data?.error ?? e.message);
  }
};
await app.start();
const auth = await app.client.auth.test();
say("auth", Boolean(auth.ok && auth.url && auth.team && auth.user && auth.team_id && auth.user_id && auth.bot_id));
say("scopes", auth.response_metadata.scopes.includes("chat:write"));
await refused("unknown method", () => app.client.apiCall("no.such.method"));
await refused("no channel", () => app.client.chat.postMessage({ channel: "C0NOWHERE", text: "x" }));
await refused("bad blocks", () => app.client.chat.postMessage({ channel: "#soc", text: "x", blocks: [{ type: "nonsense" }] }));
await refused("used trigger", () => app.client.views.open({ trigger_id: "1.2.3", view: form }));
say("ready", true);
process.stdin.resume();
process.stdin.on("end", async () => {
  await app.stop();
  process.exit(0);
});

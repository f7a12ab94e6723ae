// Package slacksim is a Slack workspace that fits into a process: the Web API over HTTP, Socket Mode over WebSockets,
// people who type, click and fill in forms, and a web page on which a person can do the same.
//
// The idea: a bot is tested against Slack's rules, not against its own expectations. Whatever Slack refuses, the workspace
// refuses with Slack's error string; whatever Slack drops, delays or sends twice, it drops, delays or sends twice; and what
// Slack would only show to a person as a failure is written down as a violation, so that a test can ask for none.
//
// The rule: the workspace is lenient nowhere. A limit that sources disagree about has its careful value. The numbers come
// from docs.slack.dev and from issues of Slack's own SDKs; each rule names its source.
//
// What there is in the workspace is package state; its parts do what Slack does with it:
//
//	package methods · replies                           what the app asks for: the Web API, response URLs
//	client ──payloads──▶ sender ──connections──▶ the app ──▶ ackReader   what people do, and what the app makes of it
//	members · appSettings · recording · waits           what a test sets up, and asks
//	demoPage · demoDeeds                                the same for a person with a browser
//
// A story goes like this:
//
//	ws := slacksim.New(slacksim.Options{})
//	defer ws.Close()
//	server := httptest.NewServer(ws) // the bot connects to server.URL + "/api/"
//	ws.AddUser(slacksim.User{Name: "alice"})
//	ws.AddChannel(slacksim.Channel{Name: "soc"})
//	err := ws.User("alice").Types("#soc", "/s1 list-agents")
//	answer, err := ws.WaitEphemeral(ctx, "alice", func(m slacksim.Message) bool { return strings.Contains(m.PlainText(), "Agents") })
//	err = ws.User("alice").Clicks(answer, "Share in channel")
//	require.Empty(t, ws.Violations())
package slacksim

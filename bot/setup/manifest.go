package setup

import (
	"encoding/json"
	"fmt"
	"strings"

	"s1bot/commands/catalog"
)

// Manifest is the Slack app manifest as JSON, made from the catalog: one slash command with
// everything behind it, because an app may have 50 and there are more commands than that.
// https://docs.slack.dev/reference/app-manifest
func Manifest(catalog *catalog.Catalog) ([]byte, error) {
	body, err := json.MarshalIndent(manifest(catalog), "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write the manifest: %w", err)
	}
	return append(body, '\n'), nil
}

// SlashWord is the slash command of the manifest.
const SlashWord = "/s1"

// Shortcuts of the manifest, by their callback ids, which stay as they are: a workspace keeps those
// of the manifest it was set up with.
const (
	RunShortcut     = "run_command"
	WaitingShortcut = "approvals_waiting"
	LookUpShortcut  = "look_up"
	NoteShortcut    = "add_note"
)

// shortcuts are what Slack's own menus have; a name has 24 characters at most.
func shortcuts() []any {
	entry := func(name, kind, callback, description string) any {
		return map[string]any{"name": name, "type": kind, "callback_id": callback, "description": description}
	}
	return []any{
		entry("Run SentinelOne command", "global", RunShortcut, "Run a SentinelOne command: find one by its name and fill in its form."),
		entry("Approvals waiting for me", "global", WaitingShortcut, "Requests waiting for your decision, and your own requests."),
		entry("Look up in SentinelOne", "message", LookUpShortcut, "What the console knows about the hashes, addresses, hosts, threats and alerts in a message."),
		entry("Add to threat notes", "message", NoteShortcut, "Keep a message as a note on a threat."),
	}
}

// Menus says where in Slack's own menus the shortcuts are, for who reads help.
func Menus() string {
	names := map[string][]string{}
	for _, s := range shortcuts() {
		entry, _ := s.(map[string]any)
		kind, _ := entry["type"].(string)
		name, _ := entry["name"].(string)
		names[kind] = append(names[kind], "“"+name+"”")
	}
	return "Shortcuts (type / in the message box): " + strings.Join(names["global"], ", ") + ". In a message's ⋮ menu: " + strings.Join(names["message"], ", ") + "."
}

// A Permission is a scope of the bot's token, what needs it, and why. Nothing else is asked for.
//
// The list is the source of the manifest and of the scopes that s1bot check compares, and tests
// hold what the bot calls against it. A call of the Web API that needs a scope which is not here
// fails with missing_scope in every workspace.
type Permission struct {
	Scope string
	Needs []string // methods of the Web API and events
	Why   string
}

// Permissions are all that the bot's token may do. No scope opens a direct message: posting to a
// person does that by itself.
func Permissions() []Permission {
	return []Permission{
		{"app_mentions:read", []string{"app_mention"}, "commands in threads: @s1bot …"},
		{"channels:history", []string{"conversations.history", "conversations.replies"}, "find a card again when Slack's response got lost"},
		{"channels:read", []string{"conversations.info", "member_joined_channel"}, "s1bot check: is the bot in its channels? And a greeting where it is invited"},
		{"chat:write", []string{"chat.postMessage", "chat.postEphemeral", "chat.update", "chat.delete"}, "cards"},
		{"chat:write.public", []string{"chat.postMessage"}, "cards in public channels before anybody invites the bot"},
		{"commands", []string{SlashWord, RunShortcut, WaitingShortcut, LookUpShortcut, NoteShortcut}, "the slash command and the shortcuts"},
		{"files:read", []string{"files.info"}, "check whether a file arrived when Slack's response got lost"},
		{"files:write", []string{"files.getUploadURLExternal", "files.completeUploadExternal"}, "CSV and JSON files, and files from endpoints"},
		{"groups:history", []string{"conversations.history", "conversations.replies"}, "as channels:history, in private channels"},
		{"groups:read", []string{"conversations.info", "member_joined_channel"}, "as channels:read, for private channels"},
		{"im:history", []string{"message.im", "conversations.history", "conversations.replies"}, "as channels:history, in direct messages with the bot, and what people write there"},
		{"usergroups:read", []string{"usergroups.list", "usergroups.users.list"}, "roles by user group"},
		{"users:read", []string{"users.info"}, "who is a guest, a bot or from another workspace; time zones"},
	}
}

// Scopes are the bot token's permissions.
func Scopes() []string {
	var scopes []string
	for _, p := range Permissions() {
		scopes = append(scopes, p.Scope)
	}
	return scopes
}

// events are what Slack tells the bot of; each but app_home_opened, which needs no scope, is named
// by a Permission.
func events() []string {
	return []string{"app_home_opened", "app_mention", "member_joined_channel", "message.im"}
}

// manifest is the manifest as an object. Its should_escape makes Slack send mentions as ids
// (<@U1|name>), which the bot needs: names are not unique.
func manifest(catalog *catalog.Catalog) map[string]any {
	var names []string
	for _, cmd := range catalog.Commands() {
		names = append(names, cmd.Name)
	}
	description := fmt.Sprintf("Run SentinelOne commands from Slack. /s1 alone opens the palette of %d commands, /s1 help explains them.", len(names))
	return map[string]any{
		"_metadata": map[string]any{"major_version": 2, "minor_version": 1},
		"display_information": map[string]any{
			"name": "s1bot", "description": "SentinelOne in Slack: look up, request, approve, act.", "background_color": "#2b1b4d",
			"long_description": "s1bot brings the SentinelOne console to the channel where your team already works. Type /s1 and a command to look at " +
				"endpoints, threats and alerts; request an isolation or a mitigation, and a second person approves it on a card; new threats and alerts " +
				"arrive as cards with buttons to act on them. Every request, decision and run is kept in an audit trail. " + strings.Join(names[:min(len(names), 10)], ", ") + " and more.",
		},
		"features": map[string]any{
			// Both tabs are off unless they are named, and Slack refuses direct messages without the
			// Messages tab (messages_tab_disabled).
			"app_home":  map[string]any{"home_tab_enabled": true, "messages_tab_enabled": true, "messages_tab_read_only_enabled": false},
			"bot_user":  map[string]any{"display_name": "s1bot", "always_online": true},
			"shortcuts": shortcuts(),
			"slash_commands": []any{map[string]any{
				"command": SlashWord, "description": description, "usage_hint": "list-agents DESKTOP | isolate HOST reason=… | help", "should_escape": true,
			}},
		},
		"oauth_config": map[string]any{"scopes": map[string]any{"bot": Scopes()}},
		"settings": map[string]any{
			"socket_mode_enabled": true, "org_deploy_enabled": false, "token_rotation_enabled": false,
			"interactivity":       map[string]any{"is_enabled": true},
			"event_subscriptions": map[string]any{"bot_events": events()},
		},
	}
}

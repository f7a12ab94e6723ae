package bot

import (
	"encoding/json"
	"fmt"
	"strings"

	"s1bot/commands"
)

// Manifest is the Slack app manifest as JSON, made from the catalog: one slash command with everything behind it, because an
// app may have 50 and there are more commands than that.
// https://docs.slack.dev/reference/app-manifest
func Manifest(catalog *commands.Catalog) ([]byte, error) {
	body, err := json.MarshalIndent(manifest(catalog), "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write the manifest: %w", err)
	}
	return append(body, '\n'), nil
}

// Scopes are the bot token's permissions, each with a reason.
func Scopes() []string {
	return []string{
		"app_mentions:read", // commands in threads: @s1bot …
		"channels:history",  // find a card again after a crash, by its metadata
		"channels:read",     // check the configured channels
		"chat:write",        // cards
		"chat:write.public", // cards in public channels that nobody invited the bot to
		"commands",          // /s1
		"files:write",       // CSV and JSON files
		"groups:history",    // as channels:history, for private channels
		"groups:read",       // as channels:read, for private channels
		"im:write",          // results to the person who asked
		"usergroups:read",   // roles by user group
		"users:read",        // who is a guest, a bot, a stranger; time zones
	}
}

func manifest(catalog *commands.Catalog) map[string]any {
	var names []string
	for _, cmd := range catalog.Commands() {
		names = append(names, cmd.Name)
	}
	description := fmt.Sprintf("Run SentinelOne commands from Slack. /s1 alone opens the palette of %d commands, /s1 help explains them.", len(names))
	return map[string]any{
		"_metadata": map[string]any{"major_version": 2, "minor_version": 1},
		"display_information": map[string]any{
			"name": "s1bot", "description": "SentinelOne from Slack: look, ask, approve, act.", "background_color": "#2b1b4d",
			"long_description": "s1bot brings the SentinelOne console to the channel where your team already works. Type /s1 and a command to look at " +
				"endpoints, threats and alerts; ask for an isolation or a mitigation and a second person approves it on a card; new threats and alerts " +
				"arrive as cards whose buttons act. Everything asked, decided and run stays in an audit trail. " + strings.Join(names[:min(len(names), 10)], ", ") + " and more.",
		},
		"features": map[string]any{
			"bot_user": map[string]any{"display_name": "s1bot", "always_online": true},
			"slash_commands": []any{map[string]any{
				"command": slashWord, "description": description, "usage_hint": "list-agents DESKTOP | isolate HOST reason=… | help", "should_escape": true,
			}},
		},
		"oauth_config": map[string]any{"scopes": map[string]any{"bot": Scopes()}},
		"settings": map[string]any{
			"socket_mode_enabled": true, "org_deploy_enabled": false, "token_rotation_enabled": false,
			"interactivity":       map[string]any{"is_enabled": true},
			"event_subscriptions": map[string]any{"bot_events": []string{"app_mention"}},
		},
	}
}

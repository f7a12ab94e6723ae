package main

import (
	"encoding/json"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"

	"s1bot/bot/setup"
	"s1bot/bot/slacksim"
	"s1bot/commands"
)

// methods are the methods of the Web API behind those of slack-go's client.
var methods = map[string]string{
	"AuthTestContext": "auth.test", "StartSocketModeContext": "apps.connections.open",
	"PostMessageContext": "chat.postMessage", "PostEphemeralContext": "chat.postEphemeral", "UpdateMessageContext": "chat.update", "DeleteMessageContext": "chat.delete",
	"OpenViewContext": "views.open", "PushViewContext": "views.push", "UpdateViewContext": "views.update", "PublishViewContext": "views.publish",
	"GetUserInfoContext": "users.info", "GetUsersPaginated": "users.list", "GetUserGroupsContext": "usergroups.list", "GetUserGroupMembersContext": "usergroups.users.list",
	"GetConversationInfoContext": "conversations.info", "GetConversationHistoryContext": "conversations.history", "GetConversationRepliesContext": "conversations.replies",
	"GetFileInfoContext": "files.info", "GetUploadURLExternalContext": "files.getUploadURLExternal", "UploadToURLContext": "",
	"CompleteUploadExternalContext": "files.completeUploadExternal", "UploadFileContext": "files.getUploadURLExternal",
}

// eventScopes are the scopes without which Slack sends no event of a kind (docs.slack.dev/reference/events).
var eventScopes = map[string][]string{
	"app_home_opened": nil, "app_mention": {"app_mentions:read"}, "member_joined_channel": {"channels:read", "groups:read"}, "message.im": {"im:history"},
}

// sources are the bot's files without tests and simulator.
func sources(t *testing.T, dirs ...string) string {
	t.Helper()
	var all strings.Builder
	for _, dir := range dirs {
		require.NoError(t, filepath.WalkDir(filepath.Join("..", "..", dir), func(path string, entry fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case entry.IsDir() && entry.Name() == "slacksim":
				return filepath.SkipDir
			case !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"):
				return nil
			}
			body, err := os.ReadFile(path)
			all.Write(body)
			return err
		}))
	}
	return all.String()
}

var callForm = regexp.MustCompile(`\.([A-Z]\w+)\(`)

// The manifest has exactly what the code needs: each method of slack-go's client that the code calls stands in the table above, its scope
// is asked for, and no scope is asked for that neither a method nor an event needs.
func TestTheManifestHasExactlyTheScopesThatTheCodeNeeds(t *testing.T) {
	t.Parallel()
	used := map[string]bool{}
	client := reflect.TypeFor[*slack.Client]()
	for _, m := range callForm.FindAllStringSubmatch(sources(t, "bot", "cmd/s1bot"), -1) {
		_, known := client.MethodByName(m[1])
		method, listed := methods[m[1]]
		if !known || !listed && !strings.HasSuffix(m[1], "Context") {
			continue // a name of ours: what talks to Slack takes a context
		}
		require.True(t, listed, "the code calls %s: which method of the Web API is that?", m[1])
		used[method] = true
	}
	if used["files.getUploadURLExternal"] {
		used["files.completeUploadExternal"] = true // an upload is both
	}
	delete(used, "")
	needed := map[string]bool{"commands": true} // the slash command and the shortcuts
	events := manifestEvents(t)
	for event := range events {
		scopes, known := eventScopes[event]
		require.True(t, known, "%s: which scope does it need?", event)
		for _, scope := range scopes {
			needed[scope] = true
		}
	}
	for _, p := range setup.Permissions() {
		for _, need := range p.Needs {
			scopes, isMethod := slacksim.ScopesOf(need)
			switch {
			case isMethod:
				require.True(t, used[need], "%s is asked for because of %s, which nothing calls", p.Scope, need)
				require.Contains(t, scopes, p.Scope)
				needed[p.Scope] = true
			case strings.Contains(need, "_") && eventScopes[need] != nil, need == "message.im":
				require.True(t, events[need], "%s is asked for because of %s, which is not subscribed to", p.Scope, need)
				require.Contains(t, eventScopes[need], p.Scope)
			default:
				require.Equal(t, "commands", p.Scope, need)
			}
		}
	}
	for method := range used {
		scopes, known := slacksim.ScopesOf(method)
		require.True(t, known, method)
		require.True(t, len(scopes) == 0 || slices.ContainsFunc(scopes, func(s string) bool { return slices.Contains(setup.Scopes(), s) }), "%s has no scope in the manifest", method)
	}
	require.ElementsMatch(t, slices.Collect(maps.Keys(needed)), setup.Scopes())
}

// Each event of the manifest is read, and each that is read is in the manifest; so are the callback ids of the shortcuts.
func TestTheManifestHasExactlyTheEventsThatTheCodeReads(t *testing.T) {
	t.Parallel()
	read := map[string]bool{}
	code := sources(t, "bot/inbound")
	for event := range eventScopes {
		name, _, _ := strings.Cut(event, ".")
		read[event] = strings.Contains(code, `"`+name+`"`)
	}
	require.Equal(t, read, manifestEvents(t))
	for _, callback := range []string{"RunShortcut", "WaitingShortcut", "LookUpShortcut", "NoteShortcut"} {
		require.Contains(t, sources(t, "bot"), "setup."+callback)
	}
}

func manifestEvents(t *testing.T) map[string]bool {
	t.Helper()
	made, err := setup.Manifest(commands.Known())
	require.NoError(t, err)
	var m struct {
		Settings struct {
			Events struct {
				Bot []string `json:"bot_events"`
			} `json:"event_subscriptions"`
		} `json:"settings"`
	}
	require.NoError(t, json.Unmarshal(made, &m))
	events := map[string]bool{}
	for _, e := range m.Settings.Events.Bot {
		events[e] = true
	}
	return events
}

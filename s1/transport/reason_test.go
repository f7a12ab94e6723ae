package transport_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/s1"
	"s1bot/s1/consoletest"
	"s1bot/s1/huntapi"
	"s1bot/s1/pages"
	"s1bot/s1/transport"
	"s1bot/s1/wire"
)

func TestWhyTheConsoleRefusesIsReadFromItsWords(t *testing.T) {
	t.Parallel()
	says := func(title, detail string) string {
		return `{"errors":[{"code":4030010,"title":"` + title + `","detail":` + detail + `}]}`
	}
	const no = "Insufficient permissions"
	for name, row := range map[string]struct {
		status int
		body   string
		want   transport.Reason
	}{
		"role":                 {403, says(no, `"User does not have required permissions."`), transport.LacksPermission},
		"role, other words":    {403, says(no, `"User has insufficient permissions to perform the requested action."`), transport.LacksPermission},
		"role or scope":        {403, says(no, `null`), transport.MayNot},
		"role or scope, twice": {403, says("Insufficient Permissions", `"Insufficient Permissions"`), transport.MayNot},
		"role with 401":        {401, says(no, `null`), transport.LacksPermission},
		"site token":           {403, says(no, `"Action is not allowed to site users"`), transport.OutOfScope},
		"account token":        {403, says(no, `"Action is not allowed to account users"`), transport.OutOfScope},
		"several accounts":     {403, says("This page doesn't support multi-scopes users yet", `null`), transport.OutOfScope},
		"other scope":          {403, says(no, `"Filter args is not compatible with user scope"`), transport.OutOfScope},
		"no license":           {403, says(no, `"This scope does not have Custom Rules enabled."`), transport.FeatureOff},
		"no such rules":        {403, says(no, `"This scope cannot have custom rules with Process State queries."`), transport.FeatureOff},
		"license":              {403, says(no, `"Your license does not include this"`), transport.FeatureOff},
		"proxy":                {403, "<html><head><title>Access Denied</title></head></html>", transport.NotTheConsole},
		"proxy, 401":           {401, "<!DOCTYPE html><title>Log in to the proxy</title>", transport.NotTheConsole},
		"proxy wants a login":  {407, "", transport.NotTheConsole},
		"proxy in text":        {403, "Blocked by policy 17", transport.Unexplained},
		"gateway in JSON":      {403, `{"message":"Forbidden"}`, transport.Unexplained},
		"nothing":              {403, "", transport.Unexplained},
		"token":                {401, `{"errors":[{"code":4010010,"title":"Authentication Failed","detail":null}]}`, transport.TokenRejected},
		"there":                {400, says("Validation Error", `"Hash '3395856c' already exists"`), transport.AlreadyThere},
		"there, 409":           {409, says("Conflict", `"value: C:\\a.exe already exists"`), transport.AlreadyThere},
		"value":                {400, says("Validation Error", `"filter: ids: 0: Not a valid Identifier."`), transport.ValueNamed},
		"key":                  {400, says("Validation Error", `"dict_values(['xxx']): Unknown field"`), transport.ValueNamed},
		"no value named":       {400, says("Bad Request", `"BAD REQUEST"`), transport.Unexplained},
		"vague":                {400, says("Bad Request", `"Bad Request: something is wrong"`), transport.Unexplained},
		"not which":            {400, says("Validation Error", `"Not a valid Identifier."`), transport.Unexplained},
		"method":               {405, says("Method Not Allowed", `null`), transport.Retired},
		"not supported":        {501, says("Not supported", `null`), transport.Retired},
		"no such thing":        {404, says("Requested resource was not found", `null`), transport.Unexplained},
		"busy":                 {429, consoletest.Nginx429, transport.Unexplained},
		"trouble":              {502, "<html><title>502 Bad Gateway</title></html>", transport.Unexplained},
		"query, data lake":     {500, `{"message":"Don't understand [last]","status":"error/client/badParam"}`, transport.QueryUnread},
		"query, PowerQuery":    {400, says("Bad Request", `"At character 12: unknown command"`), transport.QueryUnread},
		"unheard of":           {418, says("I'm a teapot", `null`), transport.Unexplained},
	} {
		console := consoletest.Start(t, consoletest.Status(row.status, row.body))
		_, err := console.DisconnectAgents(t.Context(), []wire.AgentID{consoletest.AgentA})
		require.Equal(t, row.want, consoletest.AsError(t, err).Reason, name)
	}
}

// Once the vendor closes the query paths, a 404 there means that the call is gone, not that a thing is.
func TestAClosedPathIsToldFromAThingThatIsNotThere(t *testing.T) {
	t.Parallel()
	for status404, want := range map[string]transport.Reason{
		`{"errors":[{"code":4040010,"title":"Requested resource was not found","detail":""}]}`: transport.Retired,
		`{"errors":[{"code":4040010,"title":"Not found","detail":"Unknown query id"}]}`:        transport.Unexplained,
	} {
		_, err := consoletest.Start(t, consoletest.Status(http.StatusNotFound, status404)).QueryStatus(t.Context(), "q1")
		require.Equal(t, want, consoletest.AsError(t, err).Reason)
	}
}

// A path that answers 410 is closed; what it says of files and queries is that these are gone.
func TestAPathThatIsGoneIsNoExpiredFile(t *testing.T) {
	t.Parallel()
	for words, want := range map[string]transport.Reason{"This endpoint was retired": transport.Retired, "The query has expired": transport.Unexplained, "The file is no longer available": transport.Unexplained} {
		console := consoletest.Start(t, consoletest.Status(http.StatusGone, `{"errors":[{"code":4100010,"title":"Gone","detail":"`+words+`"}]}`))
		_, err := pages.Collect(console.Threats(t.Context(), nil))
		require.Equal(t, want, consoletest.AsError(t, err).Reason, words)
	}
}

// The list did answer: that it leads in a circle is no missing answer.
func TestAListWithoutAnEndIsNoMissingAnswer(t *testing.T) {
	t.Parallel()
	console := consoletest.Start(t, consoletest.OK(`{"data":[{"id":"1"}],"pagination":{"nextCursor":"again"}}`))
	_, err := pages.Collect(console.Agents(t.Context(), nil))
	e := consoletest.AsError(t, err)
	require.ErrorIs(t, err, transport.ErrCursorLoop)
	require.Equal(t, http.StatusOK, e.Status)
	require.Contains(t, e.Message, "no end")
}

// What was kept for a while is gone in three spellings: by status, by code, and by words.
func TestWhatIsNoLongerKeptHasExpired(t *testing.T) {
	t.Parallel()
	for body, gone := range map[string]bool{
		`{"errors":[{"code":4040010,"title":"Not found","detail":"The requested files do not exist. Fetched files are deleted after 3 days, or earlier if more than 30 files are fetched."}]}`: true,
		`{"errors":[{"code":4040010,"title":"Not found","detail":"The script output has expired"}]}`:                                                                                           true,
		`{"errors":[{"code":4040010,"title":"Not found","detail":"Unknown task"}]}`:                                                                                                            false,
	} {
		_, err := consoletest.Start(t, consoletest.Status(http.StatusNotFound, body)).ScriptResultsOf(t.Context(), []s1.TaskID{"5"})
		require.Equal(t, gone, consoletest.AsError(t, err).Is(transport.ErrGone), body)
	}
}

func TestARetiredPathIsSaidAtOnce(t *testing.T) {
	t.Parallel()
	console := consoletest.Start(t, consoletest.Status(410, `{"errors":[{"code":4100010,"title":"Gone"}]}`))
	_, err := console.StartQuery(t.Context(), huntapi.EventQuery{}, nil)
	require.Equal(t, transport.Retired, consoletest.AsError(t, err).Reason)
	require.Contains(t, consoletest.AsError(t, err).Message, "This console doesn't have dv/init-query")
	require.Len(t, console.Asked(), 1, "nobody tries that again")
}

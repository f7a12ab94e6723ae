package s1

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
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
		want   Reason
	}{
		"role":                 {403, says(no, `"User does not have required permissions."`), LacksPermission},
		"role, other words":    {403, says(no, `"User has insufficient permissions to perform the requested action."`), LacksPermission},
		"role or scope":        {403, says(no, `null`), MayNot},
		"role or scope, twice": {403, says("Insufficient Permissions", `"Insufficient Permissions"`), MayNot},
		"role with 401":        {401, says(no, `null`), LacksPermission},
		"site token":           {403, says(no, `"Action is not allowed to site users"`), OutOfScope},
		"account token":        {403, says(no, `"Action is not allowed to account users"`), OutOfScope},
		"several accounts":     {403, says("This page doesn't support multi-scopes users yet", `null`), OutOfScope},
		"other scope":          {403, says(no, `"Filter args is not compatible with user scope"`), OutOfScope},
		"no license":           {403, says(no, `"This scope does not have Custom Rules enabled."`), FeatureOff},
		"no such rules":        {403, says(no, `"This scope cannot have custom rules with Process State queries."`), FeatureOff},
		"license":              {403, says(no, `"Your license does not include this"`), FeatureOff},
		"proxy":                {403, "<html><head><title>Access Denied</title></head></html>", NotTheConsole},
		"proxy, 401":           {401, "<!DOCTYPE html><title>Log in to the proxy</title>", NotTheConsole},
		"proxy wants a login":  {407, "", NotTheConsole},
		"proxy in text":        {403, "Blocked by policy 17", Unexplained},
		"gateway in JSON":      {403, `{"message":"Forbidden"}`, Unexplained},
		"nothing":              {403, "", Unexplained},
		"token":                {401, `{"errors":[{"code":4010010,"title":"Authentication Failed","detail":null}]}`, TokenRejected},
		"there":                {400, says("Validation Error", `"Hash '3395856c' already exists"`), AlreadyThere},
		"there, 409":           {409, says("Conflict", `"value: C:\\a.exe already exists"`), AlreadyThere},
		"value":                {400, says("Validation Error", `"filter: ids: 0: Not a valid Identifier."`), ValueNamed},
		"key":                  {400, says("Validation Error", `"dict_values(['xxx']): Unknown field"`), ValueNamed},
		"no value named":       {400, says("Bad Request", `"BAD REQUEST"`), Unexplained},
		"vague":                {400, says("Bad Request", `"Bad Request: something is wrong"`), Unexplained},
		"not which":            {400, says("Validation Error", `"Not a valid Identifier."`), Unexplained},
		"method":               {405, says("Method Not Allowed", `null`), Retired},
		"not supported":        {501, says("Not supported", `null`), Retired},
		"no such thing":        {404, says("Requested resource was not found", `null`), Unexplained},
		"busy":                 {429, nginx429, Unexplained},
		"trouble":              {502, "<html><title>502 Bad Gateway</title></html>", Unexplained},
		"unheard of":           {418, says("I'm a teapot", `null`), Unexplained},
	} {
		console := startConsole(t, status(row.status, row.body))
		_, err := console.DisconnectAgents(t.Context(), []AgentID{agentA})
		require.Equal(t, row.want, asError(t, err).Reason, name)
	}
}

// Once the vendor closes the query paths, a 404 there means that the call is gone, not that a thing is.
func TestAClosedPathIsToldFromAThingThatIsNotThere(t *testing.T) {
	t.Parallel()
	for status404, want := range map[string]Reason{
		`{"errors":[{"code":4040010,"title":"Requested resource was not found","detail":""}]}`: Retired,
		`{"errors":[{"code":4040010,"title":"Not found","detail":"Unknown query id"}]}`:        Unexplained,
	} {
		_, err := startConsole(t, status(http.StatusNotFound, status404)).QueryStatus(t.Context(), "q1")
		require.Equal(t, want, asError(t, err).Reason)
	}
}

// A path that answers 410 is closed; what it says of files and queries is that these are gone.
func TestAPathThatIsGoneIsNoExpiredFile(t *testing.T) {
	t.Parallel()
	for words, want := range map[string]Reason{"This endpoint was retired": Retired, "The query has expired": Unexplained, "The file is no longer available": Unexplained} {
		console := startConsole(t, status(http.StatusGone, `{"errors":[{"code":4100010,"title":"Gone","detail":"`+words+`"}]}`))
		_, err := Collect(console.Threats(t.Context(), nil))
		require.Equal(t, want, asError(t, err).Reason, words)
	}
}

// The list did answer: that it leads in a circle is no missing answer.
func TestAListWithoutAnEndIsNoMissingAnswer(t *testing.T) {
	t.Parallel()
	console := startConsole(t, ok(`{"data":[{"id":"1"}],"pagination":{"nextCursor":"again"}}`))
	_, err := Collect(console.Agents(t.Context(), nil))
	e := asError(t, err)
	require.ErrorIs(t, err, ErrCursorLoop)
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
		_, err := startConsole(t, status(http.StatusNotFound, body)).ScriptResultsOf(t.Context(), []TaskID{"5"})
		require.Equal(t, gone, asError(t, err).Is(ErrGone), body)
	}
}

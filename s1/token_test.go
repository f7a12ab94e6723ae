package s1

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestTheEndOfATokenIsLookedForInThreePlaces(t *testing.T) {
	t.Parallel()
	jwt := "eyJhbGciOiJFUzI1NiJ9." + base64.RawURLEncoding.EncodeToString([]byte(`{"sub":"serviceuser-1f@mgmt-1.sentinelone.net","exp":1798761600}`)) + ".c2ln"
	date := func(day int) time.Time { return time.Date(2026, time.December, day, 8, 0, 0, 0, time.UTC) }
	details, none := ok(`{"data":{"createdAt":"2026-06-01T08:00:00.000000Z","expiresAt":"2026-12-01T08:00:00Z"}}`), ok(`{"data":{"createdAt":"2026-06-01T08:00:00Z","expiresAt":null}}`)
	user := func(mail, expires string) http.HandlerFunc {
		return ok(`{"data":{"id":"1","email":"` + mail + `","apiToken":{"createdAt":"2026-06-01T08:00:00.000000Z","expiresAt":` + expires + `}}}`)
	}
	refused := status(http.StatusForbidden, `{"errors":[{"code":4030010,"title":"Insufficient permissions"}]}`)
	absent, silent := status(http.StatusNotFound, `{}`), ok("<html>log in</html>")
	for name, row := range map[string]struct {
		token         string
		details, self http.HandlerFunc
		want          Token
	}{
		"its details, a person's":               {testToken, details, user("robin@example.com", "null"), Token{date(1), Person}},
		"its details alone":                     {testToken, details, refused, Token{date(1), OwnerUnknown}},
		"the user's row, a service user's":      {testToken, refused, user("serviceuser-1f@mgmt-1.sentinelone.net", `"2026-12-02T08:00:00.000000Z"`), Token{date(2), ServiceUser}},
		"the details know no end, the row does": {testToken, none, user("", `"2026-12-02T08:00:00Z"`), Token{date(2), OwnerUnknown}},
		"the token itself":                      {jwt, absent, refused, Token{time.Unix(1798761600, 0).UTC(), ServiceUser}},
		"nowhere":                               {testToken, absent, refused, Token{}},
		"an answer of somebody else's":          {testToken, silent, silent, Token{}},
		"what looks like a JWT and is none":     {"eyJ.###.x", absent, absent, Token{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			console := startConsole(t, func(w http.ResponseWriter, r *http.Request) {
				if r.Method == http.MethodPost {
					row.details(w, r)
					return
				}
				row.self(w, r)
			})
			console.token = func() Secret { return NewSecret(row.token) }
			got, err := console.Token(t.Context())
			require.NoError(t, err)
			require.Equal(t, row.want, got)
			first := console.asked()[0]
			require.Equal(t, "/web/api/v2.1/users/api-token-details", first.path)
			var body struct{ Data struct{ APIToken string } }
			require.NoError(t, json.Unmarshal([]byte(first.body), &body))
			require.Equal(t, row.token, body.Data.APIToken)
		})
	}
}

func TestNoAnswerAndATokenThatEndedAreErrorsThatKeepTheToken(t *testing.T) {
	t.Parallel()
	for _, code := range []int{http.StatusUnauthorized, http.StatusBadGateway} {
		console := startConsole(t, func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(code)
			_, _ = w.Write([]byte(`{"errors":[{"code":4010010,"title":"no such token: ` + testToken + `"}]}`))
		})
		_, err := console.Token(t.Context())
		require.Error(t, err)
		require.False(t, strings.Contains(err.Error(), testToken), "the console repeated it")
	}
}

package transport_test

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/s1"
	"s1bot/s1/consoletest"
)

func TestTheEndOfATokenIsLookedForInThreePlaces(t *testing.T) {
	t.Parallel()
	jwt := "eyJhbGciOiJFUzI1NiJ9." + base64.RawURLEncoding.EncodeToString([]byte(`{"sub":"serviceuser-1f@mgmt-1.sentinelone.net","exp":1798761600}`)) + ".c2ln"
	date := func(day int) time.Time { return time.Date(2026, time.December, day, 8, 0, 0, 0, time.UTC) }
	details, none := consoletest.OK(`{"data":{"createdAt":"2026-06-01T08:00:00.000000Z","expiresAt":"2026-12-01T08:00:00Z"}}`), consoletest.OK(`{"data":{"createdAt":"2026-06-01T08:00:00Z","expiresAt":null}}`)
	user := func(mail, expires string) http.HandlerFunc {
		return consoletest.OK(`{"data":{"id":"1","email":"` + mail + `","apiToken":{"createdAt":"2026-06-01T08:00:00.000000Z","expiresAt":` + expires + `}}}`)
	}
	refused := consoletest.Status(http.StatusForbidden, `{"errors":[{"code":4030010,"title":"Insufficient permissions"}]}`)
	absent, silent := consoletest.Status(http.StatusNotFound, `{}`), consoletest.OK("<html>log in</html>")
	for name, row := range map[string]struct {
		token         string
		details, self http.HandlerFunc
		want          s1.Token
	}{
		"its details, a person's":               {consoletest.TestToken, details, user("robin@example.com", "null"), s1.Token{date(1), s1.Person}},
		"its details alone":                     {consoletest.TestToken, details, refused, s1.Token{date(1), s1.OwnerUnknown}},
		"the user's row, a service user's":      {consoletest.TestToken, refused, user("serviceuser-1f@mgmt-1.sentinelone.net", `"2026-12-02T08:00:00.000000Z"`), s1.Token{date(2), s1.ServiceUser}},
		"the details know no end, the row does": {consoletest.TestToken, none, user("", `"2026-12-02T08:00:00Z"`), s1.Token{date(2), s1.OwnerUnknown}},
		"the token itself":                      {jwt, absent, refused, s1.Token{time.Unix(1798761600, 0).UTC(), s1.ServiceUser}},
		"nowhere":                               {consoletest.TestToken, absent, refused, s1.Token{}},
		"an answer of somebody else's":          {consoletest.TestToken, silent, silent, s1.Token{}},
		"what looks like a JWT and is none":     {"eyJ.###.x", absent, absent, s1.Token{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			console := consoletest.Start(t, func(w http.ResponseWriter, r *http.Request) {
				if r.Method == http.MethodPost {
					row.details(w, r)
					return
				}
				row.self(w, r)
			}, func(c *s1.Config) { c.Token = s1.NewSecret(row.token) })
			got, err := console.Token(t.Context())
			require.NoError(t, err)
			require.Equal(t, row.want, got)
			first := console.Asked()[0]
			require.Equal(t, "/web/api/v2.1/users/api-token-details", first.Path)
			var body struct{ Data struct{ APIToken string } }
			require.NoError(t, json.Unmarshal([]byte(first.Body), &body))
			require.Equal(t, row.token, body.Data.APIToken)
		})
	}
}

func TestNoAnswerAndATokenThatEndedAreErrorsThatKeepTheToken(t *testing.T) {
	t.Parallel()
	for _, code := range []int{http.StatusUnauthorized, http.StatusBadGateway} {
		console := consoletest.Start(t, func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(code)
			_, _ = w.Write([]byte(`{"errors":[{"code":4010010,"title":"no such token: ` + consoletest.TestToken + `"}]}`))
		})
		_, err := console.Token(t.Context())
		require.Error(t, err)
		require.False(t, strings.Contains(err.Error(), consoletest.TestToken), "the console repeated it")
	}
}

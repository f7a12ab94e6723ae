package commands_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/commands"
	"s1bot/commands/catalog"
	"s1bot/commands/commandtest"
	"s1bot/commands/forms"
	"s1bot/commands/slash"
)

// Rules across fields hold before anything is sent, in slash text and in forms alike.
func TestWhatDoesNotGoTogetherIsSaidAtOnce(t *testing.T) {
	t.Parallel()
	rule := ` name=x s1ql=y query-type=Events severity=Low status=Draft reason=x`
	for text, problem := range map[string]string{
		"create-rule expiration-mode=Temporary" + rule:                                                                       "needs an expiration date",
		"create-rule expiration-mode=Permanent expiration-date=2027-01-01" + rule:                                            "a permanent rule has none",
		"create-rule x s1ql=y query-type=Processes severity=Low status=Draft expiration-mode=Permanent reason=x":             "no longer accepts rules of type Processes",
		"create-rule x s1ql=y query-type=scheduled severity=Low status=Draft expiration-mode=Permanent reason=x":             "needs more than a query",
		"update-rule Beacon name=x s1ql=y query-type=processes severity=Low status=Draft expiration-mode=Permanent reason=x": "no longer accepts rules of type Processes",
		"create-rule expiration-mode=Temporary expiration-date=2027-06-01" + rule:                                            "within the next six months",
		"create-rule expiration-mode=Temporary expiration-date=yesterday" + rule:                                             "in the past",
		"create-rule expiration-mode=Permanent site-ids=Paris account-ids=Acme" + rule:                                       "one level",
		"create-exclusion type=Hash os=Linux value=xyz site-ids=Paris reason=x":                                              "not a SHA-1",
		"create-exclusion type=Browser os=Windows value=Chrome mode=suppress site-ids=P reason=x":                            "only path exclusions",
		`create-exclusion type=Path os=Windows value=C:\x\ reason=x`:                                                         "needs at least one of site-ids, account-ids, group-ids",
		"block " + strings.Repeat("a", 64) + " os=Linux site=Paris reason=x":                                                 "looks like a SHA-256",
		"create-ioc source=x type=IPv4 ioc-value=evil.example":                                                               "looks like type=DNS",
		"create-ioc source=x type=DNS ioc-value=evil.example valid-until=yesterday":                                          "in the past",
		"create-ioc source=x type=DNS ioc-value=evil.example mitre-tactics=T1059":                                            "isn't a tactic",
		"list-iocs account-ids=Acme created-after=now created-before=yesterday":                                              "nothing can match",
		`get-black-list custom-input={"site":"1"}`:                                                                           "has no key",
	} {
		_, _, err := slash.Parse(commands.All(), text, commandtest.Input())
		require.ErrorContains(t, err, problem, text)
	}
	cmd, _ := commands.All().Find("create-star-custom-rule")
	_, _, wrongs := forms.Read(cmd, map[string][]string{
		"expiration-mode": {"Temporary"}, "name": {"x"}, "query-type": {"events"}, "s1ql": {"y"}, "severity": {"Low"}, "status": {"Draft"},
		"expiration-date": {"2027-06-01T00:00:00Z"}, "reason": {"x"},
	}, nil, catalog.Caller{Now: commandtest.Now})
	require.Equal(t, map[string]string{"expiration-date": "It must lie within the next six months."}, wrongs)
}

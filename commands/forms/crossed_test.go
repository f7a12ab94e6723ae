package forms_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/commands"
	"s1bot/commands/catalog"
	"s1bot/commands/commandtest"
	"s1bot/commands/forms"
	"s1bot/commands/slash"
)

// Rules across fields: slash text that breaks one, and the parameter that it is told about.
var crossed = [][2]string{
	{`activate-star-custom-rules`, "rule-ids"},
	{`delete-star-custom-rules`, "rule-ids"},
	{`disable-star-custom-rules`, "rule-ids"},
	{`disable-star-custom-rules name=a,bc`, "name"},
	{`activate-star-custom-rules s1ql=x`, "s1ql"},
	{`add-notes-to-threats filter={"ids":["3000000000000000001"]} note-text=x`, "note-text"},
	{`block-remote-hosts rule-name=x remote-host-values=203.0.113.9`, "site-id"},
	{`block-remote-hosts rule-name=x tenant=true site-id=Paris remote-host-values=203.0.113.9`, "tenant"},
	{`block-remote-hosts rule-name=x tenant=true remote-host-type=CIDR remote-host-values=203.0.113.9`, "remote-host-values"},
	{`block-remote-hosts rule-name=x tenant=true remote-host-type=CIDR remote-host-values=0.0.0.0/0`, "remote-host-values"},
	{`block-remote-hosts tenant=true remote-host-values=203.0.113.9 rule-name=` + strings.Repeat("x", 201), "rule-name"},
	{`broadcast-message message=hello`, "host-names-or-internal-ips"},
	{`broadcast-message DESKTOP-1 message="` + strings.Repeat("x", 141) + `"`, "message"},
	{`collect-files agent-id=DESKTOP-1 file-paths=/a,/b,/c,/d,/e,/f,/g,/h,/i,/j,/k`, "file-paths"},
	{`collect-files agent-id=DESKTOP-1 file-paths=a.txt`, "file-paths"},
	{`fetch-files agent-id=DESKTOP-1 files-path=C:\Temp\*.txt`, "files-path"},
	{`connect-agent-to-network`, "agent-ids"},
	{`disconnect-agent-from-network`, "agent-ids"},
	{`create-exclusion type=Path operation-system=Windows value=C:\x`, "site-ids"},
	{`create-exclusion type=Hash operation-system=Windows value=abc site-ids=Paris`, "value"},
	{`create-exclusion type=Hash operation-system=Windows value=3395856ce81f2b7382dee72602f798b642f14140 mode="Suppress Alerts" site-ids=Paris`, "mode"},
	{`create-exclusion type=Browser operation-system=Windows value=chrome path-exclusion-type=file site-ids=Paris`, "path-exclusion-type"},
	{`create-group name=a<b site-id=Paris inherits=true`, "name"},
	{`create-group name=Lab site-id=Paris inherits=false`, "policy"},
	{`create-group name=Lab site-id=Paris inherits=false policy={"autoImmuneOn":false}`, "policy"},
	{`create-ioc source=x type=IPv4 ioc-value=evil.example`, "ioc-value"},
	{`create-ioc source=x type=IPv4 ioc-value=203.0.113.9 valid-until=2026-11-01`, "valid-until"},
	{`create-ioc source=x type=IPv4 ioc-value=203.0.113.9 mitre-tactics=T1059`, "mitre-tactics"},
	{`create-power-query start-time=2026-11-21 end-time=2026-11-20 query=x`, "end-time"},
	{`create-query start-time=2026-11-21 end-time=2026-11-20 query=x`, "end-time"},
	{`create-star-custom-rule expiration-mode=Temporary name=x query-type=Events s1ql=x severity=Low status=Draft`, "expiration-date"},
	{`create-star-custom-rule expiration-mode=Permanent expiration-date=2026-12-01 name=x query-type=Events s1ql=x severity=Low status=Draft`, "expiration-date"},
	{`create-star-custom-rule expiration-mode=Temporary expiration-date=2027-06-01 name=x query-type=Events s1ql=x severity=Low status=Draft`, "expiration-date"},
	{`create-star-custom-rule expiration-mode=Temporary expiration-date=2026-11-01 name=x query-type=Events s1ql=x severity=Low status=Draft`, "expiration-date"},
	{`create-star-custom-rule expiration-mode=Permanent name=x query-type=Events s1ql=x severity=Low status=Draft site-ids=Paris group-ids=Lab`, "site-ids"},
	{`delete-exclusions`, "exclusion-ids"},
	{`delete-iocs account-ids=Acme`, "ioc-values"},
	{`fetch-event start-time=2026-11-21 end-time=2026-11-20`, "end-time"},
	{`fetch-event start-time=2026-11-20 end-time=2026-11-21 event-source=Alert sort-by="Updated At"`, "sort-by"},
	{`fetch-event start-time=2026-11-20 end-time=2026-11-21 search-condition=limit=7`, "search-condition"},
	{`fetch-event start-time=2026-11-20 end-time=2026-11-21 event-source=Alert search-condition=incidentStatus=odd`, "search-condition"},
	{`fetch-event start-time=2026-11-20 end-time=2026-11-21 event-source=Alert search-condition=incidentStatuses=odd`, "search-condition"},
	{`get-agent-process start-time=2026-11-21 end-time=2026-11-20`, "end-time"},
	{`get-alerts created-after=2026-11-21 created-before=2026-11-20`, "created-before"},
	{`get-alerts rule-names=x`, "rule-names"},
	{`get-script-results`, "task-ids"},
	{`get-script-results task-ids=1748812345678905555 computer-names=DESKTOP`, "computer-names"},
}

// They hold in slash text and in the form alike, before the console is asked, and the form tells them under the field.
func TestRulesAcrossFieldsHoldInTextAndFormAlike(t *testing.T) {
	t.Parallel()
	all := commands.All()
	caller := catalog.Caller{Zone: commandtest.Zone, Now: commandtest.Now}
	for _, row := range crossed {
		line, param := row[0], row[1]
		given, _, err := slash.Parse(all, line, commandtest.Input())
		cmd, ok := all.Find(given.Command)
		require.True(t, ok, line)
		require.Equal(t, param, blamed(t, err), line)

		values := map[string][]string{catalog.ReasonParam: {"x"}}
		for _, f := range forms.Of(cmd, given.Args, caller).Fields {
			if f.Name != catalog.ReasonParam {
				values[f.Name] = f.Value
			}
		}
		args, _, wrong := forms.Read(cmd, values, nil, caller)
		require.Len(t, wrong, 1, "%s: %v", line, wrong)
		require.NotEmpty(t, wrong[param], "%s: %v", line, wrong)
		require.JSONEq(t, string(given.Args), string(json.RawMessage(args)), line)
	}
}

// blamed is the parameter that an error is about.
func blamed(t *testing.T, err error) string {
	var usage *catalog.UsageError
	var missing *catalog.MissingError
	switch {
	case errors.As(err, &usage):
		return usage.Param
	case errors.As(err, &missing):
		return missing.Missing[0].Name
	}
	require.Fail(t, "no error of ours", "%v", err)
	return ""
}

package plain_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/commands"
	"s1bot/commands/catalog"
	"s1bot/commands/plain"
	"s1bot/commands/slash"
	"s1bot/commands/text"
)

// now is a Wednesday afternoon.
var now = time.Date(2026, 11, 25, 15, 0, 0, 0, time.UTC)

// compiled is the catalog and its grammar, compiled once for all tests: that takes longer than most of them.
var compiled = sync.OnceValues(func() (*catalog.Catalog, *plain.Reader) {
	c := commands.All()
	return c, plain.New(c)
})

func grammar(t *testing.T) (*catalog.Catalog, *plain.Reader) {
	t.Helper()
	c, r := compiled()
	require.NoError(t, r.Check())
	return c, r
}

// A row is a sentence that an analyst writes, with the command lines that mean the same, the one its author thought of first (a status that is not
// "resolved" can be said in two ways, a hash be looked for in two fields); "refused" where it must not be read.
type row struct {
	sentence string
	means    []string
}

func rows(t *testing.T, file string) (all []row) {
	f, err := os.Open("testdata/" + file)
	require.NoError(t, err)
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		columns := strings.Split(lines.Text(), "\t")
		require.Greater(t, len(columns), 1, "no tab in %q", lines.Text())
		all = append(all, row{columns[0], columns[1:]})
	}
	return all
}

// meaning is an invocation in a spelling of its own, so that lists of one are the same as the one: the console takes both.
func meaning(t *testing.T, inv catalog.Invocation, x catalog.Extras) string {
	var args map[string]any
	require.NoError(t, json.Unmarshal(inv.Args, &args))
	body, err := json.Marshal([]any{inv.Command, flat(args), x})
	require.NoError(t, err)
	return string(body)
}

func flat(v any) any {
	switch v := v.(type) {
	case []any:
		if len(v) == 1 {
			return flat(v[0])
		}
		for i := range v {
			v[i] = flat(v[i])
		}
	case map[string]any:
		for key := range v {
			v[key] = flat(v[key])
		}
	}
	return v
}

// judge tells how a sentence was read: right, refused, or wrong.
func judge(t *testing.T, c *catalog.Catalog, r *plain.Reader, row row) (verdict, got, want string) {
	in := text.Input{Now: now}
	p, err := r.Read(row.sentence, in)
	if err == nil {
		got = meaning(t, p.Do, p.Extras)
	}
	for _, means := range row.means {
		switch want = lineMeans(t, c, row.sentence, strings.TrimSpace(means)); {
		case want == "refused" && err != nil, want == got:
			return "right", got, want
		}
	}
	if err != nil {
		return "refused", err.Error(), want
	}
	return "wrong", got, want
}

// refused requires that sentences are not read.
func refused(t *testing.T, r *plain.Reader, sentences ...string) {
	t.Helper()
	for _, sentence := range sentences {
		p, err := r.Read(sentence, text.Input{Now: now})
		require.Error(t, err, "%s is read as %s %s", sentence, p.Do.Command, p.Do.Args)
	}
}

// lineMeans is the meaning of a command line, which may lack what the sentence lacks.
func lineMeans(t *testing.T, c *catalog.Catalog, sentence, line string) string {
	if strings.HasPrefix(line, "refused") {
		return "refused"
	}
	inv, x, err := slash.Parse(c, line, text.Input{Now: now})
	var missing *catalog.MissingError
	if errors.As(err, &missing) {
		inv = missing.Given
	} else {
		require.NoError(t, err, "the meaning of %q", sentence)
	}
	return meaning(t, inv, x)
}

// Of the sentences that analysts write nine in ten mean what they mean, and none anything else: a threat's id is no endpoint, an alert's verdict is no
// threat's, a host is no site. The first file was written with the grammar, the others by people who had not seen it; those of strangers knew the list of
// commands alone; personas are a new analyst, one who writes the English of another language, a terse lead at night, and a manager; the night shift has what must be
// refused as well; analysts are seven at work, in chat, by whose sentences words in any order are read; three voices are a terse, a chatty and a foreign one who
// ask for much that the bot has no command for; chatty is how an American, an English, an Indian and a German analyst ask when they are polite, and held is what two strangers wrote who
// had seen nothing of this.
func TestSentencesMeanTheirCommand(t *testing.T) {
	t.Parallel()
	c, r := grammar(t)
	for _, file := range []string{"sentences.tsv", "fresh.tsv", "outsider.tsv", "strangers.tsv", "personas.tsv", "nightshift.tsv", "analysts.tsv", "threevoices.tsv", "chatty.tsv", "held.tsv", "fourvoices.tsv"} {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			counts := map[string]int{}
			all := rows(t, file)
			for _, row := range all {
				verdict, got, want := judge(t, c, r, row)
				counts[verdict]++
				if verdict != "right" {
					t.Logf("%s: %s\n  read as  %s\n  means    %s", verdict, row.sentence, got, want)
				}
			}
			t.Logf("right %d, refused %d, wrong %d of %d", counts["right"], counts["refused"], counts["wrong"], len(all))
			require.Zero(t, counts["wrong"])
			require.GreaterOrEqual(t, counts["right"]*10, len(all)*9)
		})
	}
}

// Sentences that were written before anybody looked how they are read: by three people who knew the list of commands alone, voices of one who knew the
// grammar, and two newcomers who write as people talk at night. At the first look 33 of the 75 were read, of the voices 32 of 60, 56 of 64, 37 of 62 and
// 32 of 40, none wrongly, and of the newcomers' 150 76, three wrongly; what is demanded is what was reached since.
func TestSentencesThatTheGrammarWasNotFittedToAreNeverWrong(t *testing.T) {
	t.Parallel()
	c, r := grammar(t)
	for file, atLeast := range map[string]int{"unfitted.tsv": 73, "voices.tsv": 222, "newcomers.tsv": 130} {
		counts := map[string]int{}
		for _, row := range rows(t, file) {
			verdict, got, want := judge(t, c, r, row)
			counts[verdict]++
			require.NotEqual(t, "wrong", verdict, "%s is read as %s and means %s", row.sentence, got, want)
		}
		t.Logf("%s: right %d, refused %d", file, counts["right"], counts["refused"])
		require.GreaterOrEqual(t, counts["right"], atLeast, file)
	}
}

// What people tell before they ask is left out of a question and is the reason of a change, and "it" is what they told of.
func TestARequestStandsBehindWhatIsTold(t *testing.T) {
	t.Parallel()
	_, r := grammar(t)
	for sentence, means := range map[string]string{
		"ok WKS-10233 is clean, put it back on the network thx":                     `connect-agent-to-network {"agent-ids":["WKS-10233"]} WKS-10233 is clean`,
		"Hi bot, the customer approved (CHG-20931): power off kiosk-vlc-04":         `shutdown-endpoints {"agent-ids":["kiosk-vlc-04"]} the customer approved (CHG-20931)`,
		"evil.exe runs on WKS-1, kill it":                                           `kill-processes {"computer-names":["WKS-1"],"originated-process-names":["evil.exe"]} evil.exe runs on WKS-1`,
		"console feels very slow tonight, is sentinelone itself healthy?":           `get-system-status {} `,
		"got 2927b4649cf4307f990009a16d33a38ceea4c866 from them, is that hash bad?": `get-hash-reputations {"file-hashes":["2927b4649cf4307f990009a16d33a38ceea4c866"]} `,
	} {
		p, err := r.Read(sentence, text.Input{Now: now})
		require.NoError(t, err, sentence)
		require.Equal(t, means, p.Do.Command+" "+string(p.Do.Args)+" "+p.Extras.Reason, sentence)
	}
	refused(t, r,
		"WKS-1 and LAB-7 called, WKS-1 is clean, isolate it", "LAB-7 called about WKS-1, isolate it", "isolate WKS-1, then scan it", "WKS-1 is not clean, reconnect it", "WKS-1 may be clean later, reconnect it",
		"if WKS-1 is clean, reconnect it", "the ticket says: isolate WKS-1", "bob wants you to wait, isolate WKS-1", "is WKS-1 clean, reconnect it", "WKS-1 is clean, isolate LAB-7",
		"the alert 2051187734960028143 is a false positive, please close it", "WKS-1 was isolated by bob, don't reconnect it", "check WKS-1, isolate it", "the syntax is: isolate WKS-1", "the customer mails: reconnect WKS-1",
		"my favourite command is: isolate WKS-1", "WKS-1 and LAB-7 are encrypted, isolate it", "the host is WKS-1, isolate that one", "WKS-1 is ready, reboot it once bob is back",
		"WKS-1 is ready, reboot it in 10 minutes", "I think the machine is clean, reconnect it", "move vm-build-07 to the Servers - Strict group",
	)
}

// A reason that goes on for no while ends before the duration; what may itself have gone on for so long is refused, for nobody knows which was meant.
func TestAReasonEndsBeforeTheDuration(t *testing.T) {
	t.Parallel()
	c, r := grammar(t)
	for sentence, line := range map[string]string{
		"isolate DESKTOP-5 because phishing for 4h":                "isolate DESKTOP-5 for=4h reason=phishing",
		"isolate DESKTOP-5 because of a malware alert for 2 hours": `isolate DESKTOP-5 for=2h reason="a malware alert"`,
	} {
		verdict, got, want := judge(t, c, r, row{sentence: sentence, means: []string{line}})
		require.Equal(t, "right", verdict, "%s: %s, not %s", sentence, got, want)
	}
	refused(t, r, "isolate DESKTOP-5 because beaconing for 4 hours", "isolate DESKTOP-5 because user away for 2 hours", "isolate DESKTOP-5 because malware blocked updates for 2 hours")
}

// What looks like an order and is none, or is one for later, for some, or for two things at once.
func TestWhatIsNoOrderIsRefused(t *testing.T) {
	t.Parallel()
	_, r := grammar(t)
	sentences, err := os.ReadFile("testdata/refused.txt")
	require.NoError(t, err)
	for i, sentence := range strings.Split(strings.TrimSpace(string(sentences)), "\n") {
		if i%share > 0 {
			continue
		}
		p, err := r.Read(sentence, text.Input{Now: now})
		require.Error(t, err, "%s is read as %s %s %v", sentence, p.Do.Command, p.Do.Args, p.Extras)
	}
}

// What a name or a text is cut out of is the sentence as it was written: neither another order of its words nor letters whose small form is longer may
// cut elsewhere, or beyond its end.
func TestWhatIsCutOutOfASentenceIsWhatWasWritten(t *testing.T) {
	t.Parallel()
	r := plain.New(commands.All())
	for _, sentence := range []string{
		"hunt for the last 7 days the file evil.exe", "hunt on LAB-7 the file evil.exe", "hunt again evil.exe", "note on the threat 2098113347700215586 off the host",
		"send to KIOSK-07 a message", "add again 2098113347700215586 the note hello", "block again the hash of the file x", "isolate off the network the computer LAB-7 because",
		"ȺȺȺ1's user", "isolate ȺȺȺ1's", "show ȺȺȺȺȺ-1’s threats",
	} {
		require.NotPanics(t, func() { _, _ = r.Read(sentence, text.Input{Now: now}) }, sentence)
	}
	p, err := r.Read("show threats on İSTANBUL-1's", text.Input{Now: now})
	if err == nil {
		require.Contains(t, string(p.Do.Args), "İSTANBUL-1\"", "no other host")
	}
}

// What people write around a change to say the opposite, a condition or another time is never dropped: such sentences are refused, but
// for "stop isolating", which is a command of its own.
func TestNegatedChangesAreRefused(t *testing.T) {
	t.Parallel()
	c, r := grammar(t)
	in, changes := text.Input{Now: now}, 0
	for _, row := range append(rows(t, "sentences.tsv"), rows(t, "fresh.tsv")...) {
		p, err := r.Read(row.sentence, in)
		if err != nil {
			continue
		}
		cmd, _ := c.Find(p.Do.Command)
		if cmd.Risk == catalog.Read {
			continue
		}
		changes++
		for i, turned := range []string{"please do not %s", "Don’t %s", "never %s", "should we %s", "if it is bad %s", "%s unless it is a server", "%s? never mind",
			"would you mind not to %s", "would you mind if we %s", "I'd appreciate it if you wouldn't %s", "I'd need that nobody will %s", "is it ok to %s?", "WS-1 is bad, should we %s?", "%s, or should we wait?", "we don't use it, so don't %s"} {
			if (i+changes)%share > 0 {
				continue
			}
			sentence := strings.ReplaceAll(turned, "%s", row.sentence)
			p, err := r.Read(sentence, in)
			require.Error(t, err, "%s is read as %s %s", sentence, p.Do.Command, p.Do.Args)
		}
	}
	require.Greater(t, changes, 50)
}

// A password is no reason: reasons stand on cards and in the trail.
func TestAPasswordIsNoReason(t *testing.T) {
	t.Parallel()
	_, r := grammar(t)
	for _, sentence := range []string{
		"get me the sample for threat 1923388105649270044, zip password Infected!2026", "fetch the file of threat 1923388105649270044, pw: Infected!2026",
		"pull /etc/passwd from LNX-3, and the passphrase is Infected!2026", "fetch /etc/hosts from LNX-3 - Password Infected!2026", "get the sample of threat 1923388105649270044, at HQ, password Infected!2026",
	} {
		p, err := r.Read(sentence, text.Input{Now: now})
		require.Error(t, err, "%s is read as %s %s because %s", sentence, p.Do.Command, p.Do.Args, p.Extras.Reason)
		require.False(t, plain.Begins(err), "no form has it either: %s", sentence)
	}
	p, err := r.Read("isolate DESKTOP-1, she typed her password", text.Input{Now: now})
	require.NoError(t, err)
	require.Equal(t, "she typed her password", p.Extras.Reason)
}

// What follows a change behind a sign is its reason, unless it negates, postpones, asks, goes on with the order or orders something else.
func TestWhatFollowsAChangeIsItsReason(t *testing.T) {
	t.Parallel()
	_, r := grammar(t)
	for sentence, reason := range map[string]string{
		"please disconnect KIOSK from the network, it has malware": "it has malware", "isolate DESKTOP-1 - ransomware at HQ": "ransomware at HQ",
		"isolate DESKTOP-1; the user called when it encrypted": "the user called when it encrypted", "isolate DESKTOP-1, scan found malware": "scan found malware",
		"isolate DESKTOP-1 now its ransomware": "its ransomware", "isolate DESKTOP-1 (phishing), please": "phishing", "isolate DESKTOP-1, C2": "C2",
		"could you isolate DESKTOP-1, it beacons?": "it beacons", "isolate DESKTOP-1 for 2h, ransomware. INC-1042": "ransomware", "isolate DESKTOP-1, ransomware, for 2h": "ransomware",
		"DESKTOP-1 needs to be isolated, it beacons to a C2": "it beacons to a C2",
		"isolate DESKTOP-1, DESKTOP-2 is infected":           "DESKTOP-2 is infected", "isolate DESKTOP-1, malware on the laptop of bob": "malware on the laptop of bob", "isolate DESKTOP-1, user and helpdesk confirmed": "user and helpdesk confirmed",
		"isolate DESKTOP-1, logons are too many for a person": "logons are too many for a person",
		"please isolate TWIN-1 because T-8":                   "T-8", "isolate DESKTOP-1 due to WS-2": "WS-2", "isolate DESKTOP-1 reason: T-8": "T-8",
		"isolate DESKTOP-1 as the user has clicked a link": "the user has clicked a link", "isolate DESKTOP-1, since its scan was bad": "its scan was bad",
		"isolate A-1 and A-2, as both are infected": "both are infected", "isolate DESKTOP-1 for 2 hours while we check it": "we check it", "isolate DESKTOP-1 looks like emotet": "looks like emotet",
	} {
		p, err := r.Read(sentence, text.Input{Now: now})
		require.NoError(t, err, sentence)
		require.Equal(t, reason, p.Extras.Reason, sentence)
		require.Equal(t, "disconnect-agent-from-network", p.Do.Command)
	}
	refused(t, r,
		"disconnect KIOSK from the network, it has no malware", "disconnect KIOSK from the network, that isn't needed", "disconnect KIOSK from the network, ok?", "disconnect KIOSK, later",
		"isolate DESKTOP-1, it beacons?", "isolate DESKTOP-1, scan it", "isolate DESKTOP-1, it beacons, then reboot it", "isolate DESKTOP-1. Tell the user", "isolate DESKTOP-1, never mind",
		"isolate DESKTOP-1, oops wrong host", "isolate DESKTOP-1, after lunch", "isolate DESKTOP-1, on Friday", "isolate DESKTOP-1, and all others", "isolate DESKTOP-1, if it beacons",
		"add ioc 203.0.113.45, type DNS", "isolate DESKTOP-1, no wait", "isolate DESKTOP-1 it beacons until noon",
		"isolate DESKTOP-1, DESKTOP-2, and the DC", "isolate DESKTOP-1, DESKTOP-2 too", "scan DESKTOP-1, SRV-DC01 as well, ransomware", "isolate DESKTOP-1, bob's laptop", "isolate DESKTOP-1, the file server too",
		"restart DESKTOP-1, the print server and the DC", "isolate DESKTOP-1; the other ones", "isolate DESKTOP-1, DESKTOP-2 or the DC",
	)
}

// A verdict or a status behind a comma is what to set, and no reason; and an alert is no threat.
func TestVerdictAndStatusStandInEitherOrder(t *testing.T) {
	t.Parallel()
	c, r := grammar(t)
	for sentence, line := range map[string]string{
		"update threat 1112953674841025235: resolved, true positive":  `update-threat-incident filter=1112953674841025235 incident-status=Resolved analyst-verdict="True Positive"`,
		"set threat 1112953674841025235 to resolved, false positive":  `update-threat-incident filter=1112953674841025235 incident-status=Resolved analyst-verdict="False Positive"`,
		"mark 1112953674841025235 false positive, resolved":           `update-threat-incident filter=1112953674841025235 incident-status=Resolved analyst-verdict="False Positive"`,
		"resolve 1112953674841025235, it is a false positive":         `update-threat-incident filter=1112953674841025235 incident-status=Resolved analyst-verdict="False Positive"`,
		"put threat evil.exe in progress and suspicious":              `update-threat-incident filter=evil.exe incident-status="In Progress" analyst-verdict=Suspicious`,
		"set alert 1112953674841025235 to resolved":                   `update-alert-incident-status alert-ids=1112953674841025235 status=Resolved`,
		"set the verdict of alert 1112953674841025235 false positive": `update-alert-analyst-verdict alert-ids=1112953674841025235 analyst-verdict="False Positive"`,
	} {
		p, err := r.Read(sentence, text.Input{Now: now})
		require.NoError(t, err, sentence)
		require.Equal(t, lineMeans(t, c, sentence, line), meaning(t, p.Do, p.Extras), sentence)
	}
	refused(t, r, "mark alert 1112953674841025235 as true positive and resolved", "resolve alert 1112953674841025235 as false positive", "set the status of threat 1112953674841025235 to resolved, suspicious too")
}

// Where the end is not understood, what stands before the comma is kept in the form that is offered, unless anything negates it.
func TestTheBeginningOfASentenceIsKeptInTheForm(t *testing.T) {
	t.Parallel()
	_, r := grammar(t)
	for sentence, kept := range map[string]bool{"disconnect KIOSK from the network, at HQ": true, "disconnect KIOSK from the network, not at HQ": false, "disconnect KIOSK, later": false} {
		_, err := r.Read(sentence, text.Input{Now: now})
		require.Error(t, err, "nothing is decided")
		require.Equal(t, kept, plain.Begins(err), sentence)
		var usage *catalog.UsageError
		if errors.As(err, &usage) && kept {
			require.JSONEq(t, `{"agent-ids":["KIOSK"]}`, string(usage.Offers[0].Do.Args))
			require.Contains(t, string(usage.Offers[0].Do.Said), "at HQ")
		}
	}
}

// A word that is one letter off is read as the word of the grammar, never as its opposite, and a name as it is.
func TestSlipsAreMended(t *testing.T) {
	t.Parallel()
	_, r := grammar(t)
	for sentence, command := range map[string]string{
		"plese isolte DESKTOP-1 from the netwrok": "disconnect-agent-from-network", "show unreslved threats on DESKTOP-1": "get-threat", "any critcal alerts since yesterday": "get-alerts",
		"disconect DESKTOP-1 from the network": "disconnect-agent-from-network", "set thraet 2098113347700215586 to in progres": "update-incident-status",
		"mark threat 2098113347700215586 as false positve": "update-threat-analyst-verdict", "what sites do we hve": "get-sites", "kil evil.exe on DESKTOP-1": "kill-processes",
	} {
		p, err := r.Read(sentence, text.Input{Now: now})
		require.NoError(t, err, sentence)
		require.Equal(t, command, p.Do.Command, sentence)
	}
}

// A slip in the word that turns a change around does not hide it, and a name is never mended.
func TestASlipDoesNotHideWhatTurnsAChangeAround(t *testing.T) {
	t.Parallel()
	_, r := grammar(t)
	refused(t, r,
		"dnt isolate DESKTOP-1", "isolate DESKTOP-1, unles he calls", "isolate DESKTOP-1 tomorow", "isolate DESKTOP-1, nto needed", "nver isolate DESKTOP-1", "isolate DESKTOP-1 insted of DESKTOP-2",
		"isolate DESKTOP-1 withuot LAB-7", "isolate all exept DESKTOP-1",
	)
	p, err := r.Read("isolte host kiosc, it beacons", text.Input{Now: now})
	require.NoError(t, err)
	require.JSONEq(t, `{"agent-ids":["kiosc"]}`, string(p.Do.Args))
}

// A parameter is said by its own name, whichever command has it, and what is said of a place beside an endpoint never adds the place.
func TestAParameterIsSaidByItsName(t *testing.T) {
	t.Parallel()
	_, r := grammar(t)
	for sentence, args := range map[string]string{
		"add ioc 203.0.113.77, source is CERT-Bund, valid until 2026-12-31": `{"ioc-value":"203.0.113.77","source":"CERT-Bund","type":"IPV4","valid-until":"2026-12-31T00:00:00Z"}`,
		"in-progress alerts": `{"incident-statuses":["in_progress"]}`,
		"unified alerts, vendor Okta, sev critical or high, limit 5": `{"limit":5,"severities":["CRITICAL","HIGH"],"vendors":["Okta"]}`,
		"scripts of type data collection":                            `{"script-type":"dataCollection"}`,
		"sites in account EMEA":                                      `{"account-ids":["EMEA"]}`,
	} {
		p, err := r.Read(sentence, text.Input{Now: now})
		require.NoError(t, err, sentence)
		require.JSONEq(t, args, string(p.Do.Args), sentence)
	}
	refused(t, r,
		"shut down KIOSK-07 in group Lobby", "restart KIOSK-07, group Lobby", "shut down KIOSK-07 group Lobby", "send a message to KIOSK-07 in group Lobby: hello", "move KIOSK-07 from group Lobby", "move KIOSK-07 of group Lobby",
		"agents with outdated version", "kill evil.exe on KIOSK-07, hash 6f5902ac237024bdd0c176cb93063dc4c1f2a8b7", "unified alerts, severity new", "enable rule Beacon, status active",
	)
}

// The order of another language and clauses that say nothing are read as what they mean, and neither lets a word be dropped from a change.
func TestTheOrderOfAnotherLanguageIsRead(t *testing.T) {
	t.Parallel()
	_, r := grammar(t)
	for sentence, means := range map[string]string{
		"disconnect from the network the computer DESKTOP-1": `disconnect-agent-from-network {"agent-ids":["DESKTOP-1"]}`, "connect again DESKTOP-1 and LAB-7": `connect-agent-to-network {"agent-ids":["DESKTOP-1","LAB-7"]}`,
		"give me the notes what are written in the threat 2098113347700215586": `get-threat-notes {"threat-id":"2098113347700215586"}`, "is the console healthy?? feels slow": `get-system-status {}`,
		"exclude the folder C:\\Program Files\\Datev for Windows": `create-exclusion {"operation-system":"windows","path-exclusion-type":"folder","type":"path","value":"C:\\Program Files\\Datev"}`,
	} {
		p, err := r.Read(sentence, text.Input{Now: now})
		require.NoError(t, err, sentence)
		require.Equal(t, means, p.Do.Command+" "+string(p.Do.Args), sentence)
	}
	refused(t, r,
		"disconnect from the network, but not the computer DESKTOP-1", "disconnect from the site Paris and isolate the computer DESKTOP-1", "delete the exclusions that we have", "isolate the endpoints that we have for DESKTOP-1",
		"show the threats of DESKTOP-1, they are resolved", "show the threats of DESKTOP-1, it is LAB-7", "are there threats on DESKTOP-1? it should be scanned", "show threats on DESKTOP-1? scan it",
	)
}

// What narrows a list down may stand before what is listed, and nothing is left out by that.
func TestWhatNarrowsAListDownStandsAnywhere(t *testing.T) {
	t.Parallel()
	_, r := grammar(t)
	for sentence, means := range map[string]string{
		"on DESKTOP-1, which threats are unresolved?":   `get-threat {"custom-input":{"computerName__contains":["DESKTOP-1"],"incidentStatuses":["unresolved"]}}`,
		"since yesterday 18:00, any malicious threats?": `get-threat {"custom-input":{"confidenceLevels":["malicious"],"createdAt__gte":"2026-11-24T18:00:00.000000Z"}}`,
		"LAB-7's critical alerts":                       `get-alerts {"endpoint-names":["LAB-7"],"severity":"Critical"}`,
		"yesterday's alerts in Paris, please":           `get-alerts {"created-after":"2026-11-24T00:00:00Z","created-before":"2026-11-25T00:00:00Z","site-ids":["Paris"]}`,
		"which laptop is bob's laptop":                  "",
		"find bob's laptop":                             `list-agents {"query":"bob"}`,
	} {
		p, err := r.Read(sentence, text.Input{Now: now})
		if means == "" {
			require.Error(t, err, sentence)
			continue
		}
		require.NoError(t, err, sentence)
		require.Equal(t, means, p.Do.Command+" "+string(p.Do.Args), sentence)
	}
	refused(t, r,
		"not on DESKTOP-1, which threats are open?", "who resolved the threats on DESKTOP-1?", "threats on DESKTOP-1 older than yesterday", "except DESKTOP-1, which threats are open", "on DESKTOP-1, isolate the threats",
		"isolate bob's laptop", "block this hash: 6f5902ac237024bdd0c176cb93063dc4c1f2a8b7, new site Oslo", "make a new group called Wave-7 in site Oslo, not inheriting the policies of others",
	)
}

// A query needs no quotes: it ends where a stretch of time ends the sentence, and a command line with both is a sentence.
func TestAQueryStandsInASentenceAsItIs(t *testing.T) {
	t.Parallel()
	c, r := grammar(t)
	for sentence, query := range map[string]string{
		"hunt src.process.name contains 'evil.exe' over the past 7 days":    "src.process.name contains 'evil.exe'",
		"show processes where tgt.process.name in ('a', 'b'), last 48h":     "tgt.process.name in ('a', 'b')",
		"run a PQ since yesterday: event.type = 'DNS' | group n=count()":    "event.type = 'DNS' | group n=count()",
		"hunt (SrcProcName = \"a\" OR SrcProcName = \"b\") since yesterday": "(SrcProcName = \"a\" OR SrcProcName = \"b\")",
	} {
		p, err := r.Read(sentence, text.Input{Now: now})
		require.NoError(t, err, sentence)
		var args map[string]any
		require.NoError(t, json.Unmarshal(p.Do.Args, &args))
		require.Equal(t, query, args["query"], sentence)
		require.NotContains(t, args["start-time"], "11-25", sentence)
	}
	hunt, _ := c.Find("hunt")
	require.True(t, plain.Talks(hunt, "hunt SrcProcName contains 'x' over the past 7 days"))
	require.False(t, plain.Talks(hunt, "hunt SrcProcName contains 'x'"))
}

// What is hunted by its name or its address is found in whichever case it was typed, and a query that was typed is left alone.
func TestAHuntFromWordsHasNoCase(t *testing.T) {
	t.Parallel()
	_, r := grammar(t)
	for sentence, query := range map[string]string{
		"hunt POWERSHELL.EXE last 2 days":                     `TgtProcName ContainsCIS "POWERSHELL.EXE"`,
		"did WKS-2201 run RCLONE.EXE yesterday?":              `TgtProcName ContainsCIS "RCLONE.EXE" AND AgentName ContainsCIS "WKS-2201"`,
		"who talked to 2001:DB8:0::2 today":                   `DstIP = "2001:db8::2"`,
		"hunt AAF4C61DDCC5E8A2DABEDE0F3B482CD9AEA9434D today": `(TgtFileSha1 In Anycase ("AAF4C61DDCC5E8A2DABEDE0F3B482CD9AEA9434D") OR TgtProcSha1 In Anycase ("AAF4C61DDCC5E8A2DABEDE0F3B482CD9AEA9434D"))`,
		"hunt TgtProcName = \"POWERSHELL.EXE\" last 2 days":   `TgtProcName = "POWERSHELL.EXE"`,
	} {
		p, err := r.Read(sentence, text.Input{Now: now})
		require.NoError(t, err, sentence)
		var args map[string]any
		require.NoError(t, json.Unmarshal(p.Do.Args, &args))
		require.Equal(t, query, args["query"], sentence)
	}
}

// Who says until when means a moment to come, who says how old means how long ago, a wish is an order, and an exclusion is called by what it excludes.
func TestUntilWhenHowOldAndWhatIsWished(t *testing.T) {
	t.Parallel()
	c, r := grammar(t)
	for sentence, line := range map[string]string{
		"I'd like DESKTOP-1 isolated until Monday morning":                     "isolate DESKTOP-1 for=113h",
		"we need DESKTOP-3 off the network till 6pm":                           "isolate DESKTOP-3 for=3h",
		"we'd need LAB-7 and LAB-8 off the network until tomorrow 8am":         "isolate LAB-7 LAB-8 for=17h",
		"I want that LAB-7 is isolated":                                        "isolate LAB-7",
		"i'd like the host LAB-7 back on the network":                          "reconnect LAB-7",
		"threats newer than 3 days":                                            `threats custom-input={"createdAt__gte":"2026-11-22T15:00:00.000000Z"}`,
		"open threats that are older than a week":                              `threats custom-input={"createdAt__lt":"2026-11-18T15:00:00.000000Z","incidentStatuses":["unresolved","in_progress"]}`,
		"alerts on LAB-7 less than 2 hours old":                                "alerts endpoint-names=LAB-7 created-after=-2h",
		"iocs older than 30 days":                                              "list-iocs created-before=2026-10-26T15:00:00Z",
		"mark evil.exe benign":                                                 `verdict evil.exe analyst-verdict="False Positive"`,
		`delete the exclusion for C:\temp`:                                     `delete-exclusions "C:\temp"`,
		`the exclusion for D:\Builds can be deleted`:                           `delete-exclusions "D:\Builds"`,
		`stop excluding C:\Program Files\Datev`:                                `delete-exclusions "C:\Program Files\Datev"`,
		"remove 3395856ceb81f2b7382dee72602f798b642f4140 from the exclusions":  "delete-exclusions 3395856ceb81f2b7382dee72602f798b642f4140",
		"drop the exclusion for 3395856ceb81f2b7382dee72602f798b642f4140, thx": "delete-exclusions 3395856ceb81f2b7382dee72602f798b642f4140",
	} {
		verdict, got, want := judge(t, c, r, row{sentence: sentence, means: []string{line}})
		require.Equal(t, "right", verdict, "%s: %s, not %s", sentence, got, want)
	}
}

// What no name ends in, what compares and what names nothing is no name: a line with it is a sentence.
func TestSignsAreNoNames(t *testing.T) {
	t.Parallel()
	c, r := grammar(t)
	for line, prose := range map[string]bool{"isolate LAB-7 !!!": true, "scan LAB-7?": true, "isolate nothing": true, "threats >7d open": true, "threats &gt;7d open": true, "isolate LAB-7": false, "agents LAB-7": false} {
		name, _ := text.CutWord(line)
		cmd, ok := c.Find(name)
		require.True(t, ok, line)
		require.Equal(t, prose, r.Prose(cmd, line), line)
	}
}

// A refusal offers what was probably meant, and else nothing: a word that is one letter off another is no sign of what was meant, a question is
// about no change, and who wants one thing stopped wants no other thing stopped.
func TestARefusalOffersNothingElse(t *testing.T) {
	t.Parallel()
	_, r := grammar(t)
	for sentence, nearest := range map[string][]string{
		"is SRV-DC-1 patched?": nil, "is SRV-DC-1 encrypted?": nil, "does HR-WS-22 need a reboot?": nil, "has SRV-DC-1 rebooted?": nil,
		"stop the alerts for DESKTOP-1": {"alerts"}, "mute the alerts for DESKTOP-1": {"alerts"}, "stop the scan on DESKTOP-1": nil, "stop scanning DESKTOP-1": nil, "stop monitoring DESKTOP-1": nil,
		"who isolated DESKTOP-1?": nil, "don't isolate DESKTOP-1": {"isolate"}, "why has DESKTOP-1 no internet?": nil, "let's not isolate DESKTOP-1 just yet": {"isolate"},
		"isolate DESKTOP-1 and LAB-7 tomorrow": {"isolate"}, "close the threats on LAB-7 of last week": {"status", "resolve"}, "do you know if bob is in": nil,
	} {
		_, err := r.Read(sentence, text.Input{Now: now})
		var usage *catalog.UsageError
		require.ErrorAs(t, err, &usage, sentence)
		require.Equal(t, nearest, usage.Nearest, sentence)
	}
}

// A sentence that is made to have many readings takes no longer than others.
func TestASentenceWithoutEndIsNotRead(t *testing.T) {
	t.Parallel()
	_, r := grammar(t)
	for _, part := range []string{"open the latest ", "A-1 and ", "on A-1 in Paris "} {
		_, err := r.Read("show threats "+strings.Repeat(part, 25)+"so what", text.Input{Now: now})
		require.Error(t, err, part)
	}
}

package observables_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"s1bot/commands/observables"
)

const (
	md5    = "d41d8cd98f00b204e9800998ecf8427e"
	sha1   = "3395856ceb81f2b7382dee72602f798b642f4140"
	sha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
)

func TestWhatATextSaysIsFoundHoweverItIsWritten(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"look at " + md5 + ", " + strings.ToUpper(sha1) + " and `" + sha256 + "`": "MD5 " + md5 + "; SHA-1 " + sha1 + "; SHA-256 " + sha256,
		"sha1:" + sha1 + ".":                                         "SHA-1 " + sha1,
		"a longer " + sha1 + "a" + sha1:                              "",
		"beacon to 203.0.113.9, then 203.0.113.10:8080.":             "IPv4 address 203.0.113.9; IPv4 address 203.0.113.10",
		"203[.]0[.]113[.]9 and 198(.)51{.}100[dot]7":                 "IPv4 address 203.0.113.9; IPv4 address 198.51.100.7",
		"range 203.0.113.0/24":                                       "IPv4 address 203.0.113.0",
		"version 1.2.3.4.5 and 300.1.1.1, 127.0.0.1":                 "",
		"2001:db8::1 and [2001:DB8:0::2]:443, fe80::1%12":            "IPv6 address 2001:db8::1; IPv6 address 2001:db8::2; IPv6 address fe80::1",
		"2001[:]db8[:][:]5":                                          "IPv6 address 2001:db8::5",
		"at 12:34:56 in std::string, aa:bb:cc:dd:ee:ff":              "",
		"::ffff:203.0.113.9":                                         "IPv4 address 203.0.113.9",
		"evil.example and Bad-Guys.CO.UK, xn--80ak6aa92e.com":        "domain evil.example; domain bad-guys.co.uk; domain xn--80ak6aa92e.com",
		"evil[.]com evil(dot)org evil [.] net münchen.de":            "domain evil.com; domain evil.org; domain evil.net; domain münchen.de",
		"payload[.]zip but payload.zip is a file":                    "domain payload.zip",
		"mail from ceo@evil.example":                                 "domain evil.example",
		"hxxps://evil[.]example/a?b=1, hXXp[:]//203[.]0[.]113[.]9/x": "URL https://evil.example/a?b=1; domain evil.example; URL http://203.0.113.9/x; IPv4 address 203.0.113.9",
		"<https://evil.example/x|click &amp; win> <!channel>":        "URL https://evil.example/x; domain evil.example",
		"(see http://evil.example/x).":                               "URL http://evil.example/x; domain evil.example",
		`C:\Users\jdoe\evil.exe, explorer.exe, System.Diagnostics`:   "",
		"threat 1845174760470303882 of 2026-11-22":                   "id 1845174760470303882",
		"alert 0193a9a1-26b1-7b4e-9a3f-2f5c0c7b1d11":                 "id 0193a9a1-26b1-7b4e-9a3f-2f5c0c7b1d11",
		"on DESKTOP-1, SRV‑SQL‑1 and web01; please check":            "word DESKTOP-1; word SRV-SQL-1; word web01",
		"SRV-DC-2.corp.local is down":                                "word SRV-DC-2",
		"<@U012ABC|alice> in <#C012ABC|soc>":                         "",
		"zero\u200bwidth ev\u200bil.example":                         "domain evil.example",
		"twice " + md5 + " " + md5:                                   "MD5 " + md5,
		"":                                                           "",
	} {
		var got []string
		for _, o := range observables.Find(text) {
			got = append(got, string(o.Kind)+" "+o.Value)
		}
		assert.Equal(t, want, strings.Join(got, "; "), text)
	}
}

func TestHostileTextsAreReadInBoundedTime(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		strings.Repeat("a.", 150_000), strings.Repeat(":", 50_000), strings.Repeat("1.", 30_000), strings.Repeat("[.]", 20_000),
		strings.Repeat("http://", 10_000), strings.Repeat("<", 50_000), "\xff\xfe" + strings.Repeat("\u202e", 1000), strings.Repeat("a1 ", 20_000),
	} {
		require.LessOrEqual(t, len(observables.Find(text)), 600)
	}
}

func FuzzFind(f *testing.F) {
	f.Add("hxxp://evil[.]example " + sha1)
	f.Fuzz(func(t *testing.T, text string) {
		for _, o := range observables.Find(text) {
			require.NotEmpty(t, o.Value)
			require.LessOrEqual(t, len(o.Value), 4000)
		}
	})
}

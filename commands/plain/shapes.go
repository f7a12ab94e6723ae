package plain

import (
	"cmp"
	"fmt"
	"net/netip"
	"regexp"
	"strings"
	"time"
	"unicode"

	"s1bot/commands/catalog"
	"s1bot/commands/text"
	"s1bot/s1"
)

// A shape is what a value looks like in a sentence. Words that look like nothing in particular are values only behind a noun that says
// so ("host kiosk"): else every word would be a name.
type shape struct {
	nouns  string // what may stand before a value, apart by bars: "host|endpoint"
	behind string // what may stand behind one: "the Paris site"
	takes  func(w text.Word) bool
	loose  bool // behind a noun, any word that is not the grammar's
	spaced bool // several may stand side by side, with no comma or "and" between them
	many   int  // words of one value at most, where each begins with a capital letter; 1 where zero
}

// A found is values that stand in a sentence.
type found struct {
	taken  int
	values []string
}

const hostNouns = "host|hosts|endpoint|endpoints|agent|agents|machine|machines|computer|computers|laptop|laptops|server|servers|workstation|workstations|device|devices|" +
	"box|boxes|pc|pcs|notebook|notebooks|desktop|desktops|vm|vms|system|systems|asset|assets|node|nodes|station|stations|hostname|hostnames"

var shapes = map[string]shape{
	"host":  {nouns: hostNouns, takes: isNamedHost, loose: true, spaced: true},
	"thing": {nouns: "threat|threats|alert|alerts|file|detection|id", takes: isThing, loose: true, spaced: true},
	// A threat's verdict is not an alert's: a word that says which of the two is meant rules out the other.
	"threat": {nouns: "threat|threats|file|detection|id", takes: isThing, loose: true, spaced: true},
	"alert":  {nouns: "alert|alerts|detection|id", takes: isThing, loose: true, spaced: true},
	// A noun says which kind of place is meant: "for group Developers" is no site.
	"site":    {nouns: "site|sites", behind: "site", takes: isPlace, loose: true, many: 3},
	"group":   {nouns: "group|groups", behind: "group", takes: isPlace, loose: true, many: 3},
	"account": {nouns: "account|accounts|tenant", behind: "account", takes: isPlace, loose: true, many: 3},
	// A statement ("X is a false positive") is about what can only be a threat: its id, its file, its hash, or what a noun calls one.
	"event": {nouns: "threat|threats|detection", takes: func(w text.Word) bool { return longID(w) || !w.Quoted && isFile(w) }, loose: true, spaced: true},
	"case":  {nouns: "threat|threats|detection", takes: func(w text.Word) bool { return longID(w) || !w.Quoted && isFile(w) || isHash(w.Text) }, loose: true, spaced: true},
	"title": {nouns: "rule|rules|script|query|exclusion|named|called", takes: isTitle, loose: true, many: 6},
	"file":  {nouns: "process|processes|file|files|binary|executable|program", takes: isFile, loose: true},
	// Files that run as processes of their name, and those that others open, load or interpret.
	"image":    {nouns: "process|processes|binary|executable|program", takes: func(w text.Word) bool { return isFile(w) && (w.Quoted || imageForm.MatchString(w.Text)) }, loose: true},
	"document": {takes: func(w text.Word) bool { return isFile(w) && !w.Quoted && !imageForm.MatchString(w.Text) }},
	"program":  {takes: func(w text.Word) bool { return isProgram(w) && !fileForm.MatchString(w.Text) }},
	"path":     {nouns: "path|file|files|folder|directory", takes: isPath},
	"hash":     {nouns: "hash|hashes|sha1|sha-1|sha256|sha-256|md5|file", takes: func(w text.Word) bool { return isHash(w.Text) }, spaced: true},
	// The console's keys for the hash of a file compare SHA-1s, so a sentence can ask for that kind, or
	// for the other two.
	"sha1":    {nouns: "hash|hashes|sha1|sha-1|file", takes: func(w text.Word) bool { return isSHA1(w.Text) }, spaced: true},
	"sha256":  {nouns: "hash|hashes|sha256|sha-256|file", takes: func(w text.Word) bool { return isHash(w.Text) && len(w.Text) == 64 }},
	"md5":     {nouns: "hash|hashes|md5|file", takes: func(w text.Word) bool { return isHash(w.Text) && len(w.Text) == 32 }},
	"digest":  {nouns: "hash|sha256|sha-256|md5|file", takes: func(w text.Word) bool { return isHash(w.Text) && !isSHA1(w.Text) }},
	"address": {nouns: "ip|ips|address|addresses|domain|url", takes: isAddress},
	"ip":      {nouns: "ip|ips|address|addresses", takes: func(w text.Word) bool { _, err := netip.ParseAddr(w.Text); return err == nil }},
	"domain":  {nouns: "domain|url", takes: func(w text.Word) bool { _, err := netip.ParseAddr(w.Text); return err != nil && isAddress(w) }},
	"prefix": {takes: func(w text.Word) bool {
		return isHost(w) || strings.HasSuffix(w.Text, "-") && isHost(text.Word{Text: w.Text + "1", Lower: w.Lower + "1"})
	}}, // HR-
	"source": {takes: func(w text.Word) bool {
		return w.Quoted || isWord(w) && !longID(w) && !isHash(w.Text) || common[w.Lower] && w.Text == strings.ToUpper(w.Text)
	}}, // EDR
	"person": {takes: func(w text.Word) bool {
		return w.Quoted || isWord(w) && strings.ContainsAny(w.Text, ".@") && !fileForm.MatchString(w.Text) && !isPath(w)
	}}, // j.doe
	"vendor": {takes: func(w text.Word) bool { return w.Quoted || isWord(w) && !isThing(w) && !isAddress(w) }},
	"word":   {takes: func(w text.Word) bool { return w.Quoted || isWord(w) }},
	"quoted": {takes: func(w text.Word) bool { return w.Quoted }},
	"number": {takes: func(w text.Word) bool { return w.Text != "" && strings.Trim(w.Text, "0123456789") == "" }},
	"choice": {}, "time": {}, "prose": {}, "query": {},
}

// known refuses a shape that is not in the table, when the bot starts.
func known(name string) error {
	if _, ok := shapes[name]; !ok {
		return fmt.Errorf("there is no shape %q", name)
	}
	return nil
}

// shapeOf is what values of a parameter look like, where the pattern does not say.
func shapeOf(f catalog.Field) string {
	switch name := f.Type.Name; {
	case name == "agent":
		return "host"
	case name == "rule" || name == "script":
		return "title"
	case name == "choice" || name == "time" || name == "threat" || name == "alert" || name == "site" || name == "group" || name == "account":
		return name
	case name == "integer":
		return "number"
	case name == "multiline":
		return "prose"
	case f.Type.Selects == "agents":
		return "host"
	}
	return "thing"
}

// list are the ways to read values from a word on: one, or several with commas and "and" between
// them. The shorter readings come with the longer ones, as it is for the rest of the sentence to
// choose.
func (sh shape) list(t slot, words []text.Word, at int, in text.Input) []found {
	switch t.shape {
	case "choice":
		return choiceAt(t.field, words, at, in)
	case "time":
		if m, n := text.ReadMoment(words, at, in); n > 0 {
			return []found{{n, []string{m.UTC().Format(time.RFC3339)}}}
		}
		return nil
	}
	var all []found
	start, told := sh.skipNouns(words, at)
	for one := (found{taken: start - at}); ; {
		n := sh.one(words, at+one.taken, told)
		if n == 0 {
			return all
		}
		if told && len(one.values) == 0 && sh.takes(words[at+one.taken]) {
			told = false // who begins with a name goes on with names: `account "EMEA", expired` has one
		}
		one.values = append(one.values[:len(one.values):len(one.values)], joined(words[at+one.taken:at+one.taken+n]))
		one.taken += n
		whole := one
		if i := at + one.taken; i < len(words) && sh.behind != "" && oneOf(words[i].Lower, sh.behind) {
			whole.taken++
			all = append(all, one) // a pattern may have the noun itself: "{site-id} site"
		}
		all = append(all, whole)
		next := comma(words, at+one.taken)
		if next < 0 && sh.besides(words, at+one.taken) {
			next = at + one.taken
		}
		if one.taken = next - at; next < 0 {
			return all
		}
	}
}

// A value of several words is as it was written, with one blank between them.
func joined(words []text.Word) string {
	parts := make([]string, len(words))
	for i, w := range words {
		parts[i] = w.Text
	}
	return strings.Join(parts, " ")
}

// comma skips what stands between two values; a negative number where nothing does.
func comma(words []text.Word, at int) int {
	i := at
	if i < len(words) && words[i].Lower == "," && words[i].Text != "(" { // "LAB-7 (10.1.1.4)" is one endpoint
		i++
	}
	if i < len(words) && (words[i].Lower == "and" || words[i].Lower == "&" || words[i].Lower == "+") {
		i++
	} else if says(words, i, []string{"as", "well", "as"}) {
		i += 3
	}
	if i > at && i+1 < len(words) && words[i].Lower == "also" { // "scan A and also on B"
		i++
		if words[i].Lower == "on" && i+1 < len(words) && isNamedHost(words[i+1]) {
			i++
		}
	}
	if i == at {
		return -1
	}
	return i
}

// besides tells whether one more value stands right behind another: "isolate DESKTOP-1 SRV-DC-1". A ticket's number is none.
func (sh shape) besides(words []text.Word, at int) bool {
	return sh.spaced && at < len(words) && !words[at].Quoted && sh.takes(words[at]) && len(ticketAt(words, at)) == 0
}

const articles = "the|a|an|this"

// together are words before several values.
const together = "both|these|those|following|all of"

// skipNouns skips articles and what says the kind of a value: "the host", "threat with id". Told is
// whether something did. An article alone tells nothing: "the kiosk" is a name only if something
// says so.
func (sh shape) skipNouns(words []text.Word, at int) (next int, told bool) {
	i := at
	for i < len(words) && (oneOf(words[i].Lower, articles) || oneOf(words[i].Lower, together) && sh.spaced || i > at && words[i].Lower == ":" && oneOf(words[i-1].Lower, together)) {
		i++
	}
	noun := i
	for i < len(words) && sh.nouns != "" && oneOf(words[i].Lower, sh.nouns) && !(isNoun(words[i].Lower) && allCapitals(words[i])) {
		i++
	}
	if i == noun {
		return i, false
	}
	last := words[i-1].Lower
	for i < len(words) && (oneOf(words[i].Lower, "named|called|id|number|nr|:") || words[i].Lower == "with" && i+1 < len(words) && oneOf(words[i+1].Lower, "id|number|nr")) {
		i++
	}
	// Behind several threats stands a verb as well: "threats share a storyline".
	return i, !oneOf(last, "threats|alerts") || oneOf(words[i-1].Lower, "named|called|id|:")
}

// one is how many words the value at a place has; 0 for none.
func (sh shape) one(words []text.Word, at int, told bool) int {
	if at >= len(words) {
		return 0
	}
	w := words[at]
	if !sh.takes(w) && !(told && sh.loose && isWord(w) && (w.Quoted || !isPath(w))) {
		return 0
	}
	n := 1
	for !w.Quoted && strings.Contains(w.Text, `\`) && at+n < len(words) && goesOnPath(words[at+n]) { // C:\Program Files\Datev
		n++
	}
	for n < sh.many && !w.Quoted && isCapital(w) && at+n < len(words) && isCapital(words[at+n]) && !grammatical[words[at+n].Lower] {
		n++
	}
	return n
}

// choiceAt reads one of a menu's values, the longest first.
func choiceAt(f catalog.Field, words []text.Word, at int, in text.Input) []found {
	start := at
	for start < len(words) && oneOf(words[start].Lower, articles) {
		start++
	}
	end := min(start+4, len(words))
	for i := start; i < end; i++ {
		if isBreak(words[i]) {
			end = i
		}
	}
	for n := end - start; n > 0; n-- {
		if v, ok := choiceOf(f, words[start:start+n], in); ok {
			return []found{{start + n - at, []string{v}}}
		}
	}
	return nil
}

// choiceOf is the value that words are, as they are written or, with a slip in them, as they are read.
func choiceOf(f catalog.Field, words []text.Word, in text.Input) (string, bool) {
	lower := make([]string, len(words))
	for i, w := range words {
		lower[i] = cmp.Or(w.Lower, w.Text)
	}
	for _, value := range []string{joined(words), strings.Join(lower, " ")} {
		value = cmp.Or(saidChoices[strings.ToLower(value)], value)
		if v, ok := catalog.Chosen(value, f.Choices); ok {
			return v, true
		} else if v, err := f.Type.Read(value, in); err == nil {
			return fmt.Sprint(v), true
		}
	}
	return "", false
}

// saidChoices are what analysts call the values of menus.
var saidChoices = map[string]string{
	"fp": "False Positive", "false-positive": "False Positive", "false alarm": "False Positive", "falsepositive": "False Positive", "false positives": "False Positive", "fps": "False Positive",
	"benign": "False Positive", "harmless": "False Positive", "legit": "False Positive", "legitimate": "False Positive",
	"tp": "True Positive", "true-positive": "True Positive", "real": "True Positive", "true positives": "True Positive",
	"domain": "DNS", "ip": "IPv4", "ip address": "IPv4", "win": "Windows", "closed": "Resolved", "solved": "Resolved", "open": "Unresolved", "in-progress": "In Progress", "under investigation": "In Progress", "ongoing": "In Progress", "roll back": "Rollback",
}

func oneOf(word, list string) bool {
	return word != "" && strings.Contains("|"+list+"|", "|"+word+"|")
}

// grammatical are words that are never names, also in capital letters.
var grammatical = wordSet(`all any every everything everyone everybody some none this that these those i my your our its their it them him her they he she me us you
	not no never and or but nor if unless except without with by for from to of on in at as than then else only just also too again
	is are was were be been being has have had do does did done can could will would shall should may might must
	now asap soon later please thanks today yesterday tomorrow tonight monday tuesday wednesday thursday friday saturday sunday
	because since until till before after during while when where who what which why how over off out up down back
	asap last next first new old other another same fyi everywhere anything something nothing`)

// common are words of this trade that are no names unless they stand where only a name can.
var common = wordSet(`isolate disconnect reconnect connect contain quarantine kill block unblock scan restart reboot shutdown resolve mitigate delete remove
	host hosts endpoint endpoints agent agents machine machines computer computers laptop laptops server servers workstation workstations
	device devices threat threats alert alerts file files process processes site sites group groups account accounts rule rules script scripts
	hash hashes network user users soc ip ips id box boxes pc pcs notebook notebooks vm vms system systems
	fp tp fps tps c2 cnc c&c apt edr siem ioc iocs rce cve rdp smb dns url urls vpn mfa av pua pup bec dfir ir it hr ceo cfo cto vip poc qa dc os ciso cso csirt cert noc dba msp mssp
	sha1 sha256 sha-1 sha-256 md5 ipv4 ipv6 in-progress false-positive true-positive not-mitigated on-demand follow-up read-only high-severity low-severity`)

func wordSet(list string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(list) {
		set[w] = true
	}
	return set
}

// noName tells words that are none: those of the language, and those of the trade, but for a part of a name in capital letters, such as "containing
// LAPTOP".
func noName(w text.Word) bool {
	return grammatical[w.Lower] || common[w.Lower] && !(isNoun(w.Lower) && allCapitals(w))
}

// allCapitals leaves out abbreviations.
func allCapitals(w text.Word) bool { return len(w.Text) > 3 && w.Text == strings.ToUpper(w.Text) }

func isNoun(word string) bool { return oneOf(word, hostNouns) }

// isWord tells a word that could be a name if something says so.
func isWord(w text.Word) bool {
	return w.Quoted || w.Text != "" && !noName(w) && text.IsWordRune([]rune(w.Text)[0])
}

func isCapital(w text.Word) bool {
	return w.Lower != "" && w.Text != w.Lower && text.IsWordRune([]rune(w.Text)[0]) && strings.ToUpper(w.Text[:1]) == w.Text[:1]
}

var (
	fileForm  = regexp.MustCompile(`(?i)^[^\s/\\:]+\.(?:exe|dll|sys|ps1|psm1|bat|cmd|js|jse|vbs|vbe|wsf|hta|scr|lnk|msi|jar|py|sh|elf|so|bin|dmg|pkg|app|docm?|docx|xlsm?|xlsx|xlsb|pptm?|pptx|pdf|zip|rar|7z|iso|img|tmp|dat|txt|log|evtx|one|pif)$`)
	imageForm = regexp.MustCompile(`(?i)\.(?:exe|scr|com|pif|elf|bin|app)$`)
	dateForm  = regexp.MustCompile(`^\d{4}-\d\d-\d\d|^\d{1,2}:\d\d`)
	hashForm  = regexp.MustCompile(`^(?i)(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64})$`)
	hostForm  = regexp.MustCompile(`^[\pL\d][\pL\d_.-]*$`)
	prefixed  = regexp.MustCompile(`^(?:un|re|de|non|self|pre|post|anti|co)-`)
)

func isHash(s string) bool { return hashForm.MatchString(s) }

func isSHA1(s string) bool { return isHash(s) && len(s) == 40 }

// isHost tells names of endpoints from other words: a digit, a hyphen, or capitals all through.
func isHost(w text.Word) bool {
	if w.Quoted {
		return w.Text != ""
	}
	if noName(w) || isTicket(w.Text) || !hostForm.MatchString(w.Text) || fileForm.MatchString(w.Text) || isHash(w.Text) || dateForm.MatchString(w.Text) || text.SpanWord(w.Text) {
		return false
	}
	if strings.Trim(w.Text, "0123456789") == "" {
		return s1.ThreatID(w.Text).Valid() && len(w.Text) > 12
	}
	return distinct(w)
}

// isNamedHost leaves long numbers to what they mostly are, ids of threats: "details on 1973640281745502931". Behind a noun that says so they
// are endpoints all the same.
func isNamedHost(w text.Word) bool { return isHost(w) && !longID(w) }

// distinct tells words that look like a name by themselves.
func distinct(w text.Word) bool {
	switch {
	case strings.ContainsAny(w.Text, "0123456789_"):
		return true
	case strings.ContainsAny(w.Text, "-."):
		return !prefixed.MatchString(w.Lower) && !strings.HasSuffix(w.Text, "-")
	}
	letters := 0
	for _, r := range w.Text {
		if unicode.IsLetter(r) && strings.ToUpper(string(r)) == string(r) { // the sign of "Let's" is none
			letters++
		}
	}
	return letters > 1
}

// isThing tells names and ids of threats, alerts and the like.
func isThing(w text.Word) bool { return isHost(w) || isFile(w) || !w.Quoted && isHash(w.Text) }

// The endings are those of programs, scripts, documents that carry macros, archives and images:
// what analysts name. A name with another ending is a name of a host, or wants quotes.
func isFile(w text.Word) bool {
	return w.Quoted && w.Text != "" || !grammatical[w.Lower] && fileForm.MatchString(w.Text)
}

// isProgram tells names of processes without an ending, such as lsass, behind a word that asks for them.
func isProgram(w text.Word) bool {
	return !w.Quoted && isWord(w) && !isAddress(w) && !isHash(w.Text) && !dateForm.MatchString(w.Text) && !strings.Contains(w.Text, "-") &&
		strings.ContainsFunc(w.Text, unicode.IsLetter) && programForm.MatchString(w.Text)
}

var programForm = regexp.MustCompile(`^[\pL\d_.]+$`)

// isPath tells absolute paths of all systems, shares, and those that begin with a variable.
func isPath(w text.Word) bool {
	return w.Quoted || strings.HasPrefix(w.Text, "/") || strings.HasPrefix(w.Text, "~/") || strings.HasPrefix(w.Text, `\\`) || len(w.Text) > 2 && w.Text[1] == ':' && w.Text[2] == '\\' ||
		strings.HasPrefix(w.Text, "%") && strings.Contains(w.Text, `\`)
}

// goesOnPath tells what follows a blank within a Windows path.
func goesOnPath(w text.Word) bool {
	return !w.Quoted && !isPath(w) && strings.Contains(w.Text, `\`)
}

// isAddress tells IP addresses, prefixes, URLs and domains. What ends like a file is a file, though
// some of the endings are domains as well (zip, app); .com is not among them, for people mean a
// domain by it, and a hunt for a process of that name would find nothing and look like an all-clear.
func isAddress(w text.Word) bool {
	if _, err := netip.ParseAddr(w.Text); err == nil {
		return true
	}
	if _, err := netip.ParsePrefix(w.Text); err == nil {
		return true
	}
	return !w.Quoted && domainForm.MatchString(w.Text) && !fileForm.MatchString(w.Text)
}

var domainForm = regexp.MustCompile(`^(?i)(?:https?://\S+|(?:[a-z0-9_-]+\.)+[a-z]{2,})$`)

// isPlace tells names of sites, groups and accounts: they begin with a capital letter. One with a digit
// looks like a host's ("the threats of SRV-APP05"), unless a noun says what it is.
func isPlace(w text.Word) bool {
	return w.Quoted || isCapital(w) && !isPath(w) && !grammatical[w.Lower] && !oneOf(w.Lower, "windows|linux|macos") && !strings.ContainsAny(w.Text, "0123456789")
}

// isTitle tells names of rules and scripts.
func isTitle(w text.Word) bool {
	return isPlace(w) || !grammatical[w.Lower] && distinct(w) && !dateForm.MatchString(w.Text)
}

// The console's ids have 18 or 19 digits; the bound lies far below them and far above any number
// that people mean.
func longID(w text.Word) bool {
	return len(w.Text) > 12 && strings.Trim(w.Text, "0123456789") == ""
}

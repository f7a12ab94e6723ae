package world

import "time"

// An AgentSpec describes an endpoint to add. Every field may be empty.
type AgentSpec struct {
	ID             string
	Name           string // the computer name; names need not be unique
	Site           string // by name; Paris when empty, made when new
	Group          string // by name within the site; the default group when empty
	OS             string // windows, windows_legacy, macos or linux
	Type           string // desktop, laptop, server …
	User           string
	IP             string
	Offline        bool
	Decommissioned bool
	NetworkStatus  string
	Tags           map[string]string
	Edit           func(map[string]any) // the last word on the object, for what has no field here
}

// A Tactic is what an indicator says of the attacker's aim, with its techniques: "T1059.001".
type Tactic struct {
	Name       string
	Techniques []string
}

// An Indicator is one reason why a threat was found.
type Indicator struct {
	Category    string
	Description string
	Tactics     []Tactic
}

// A ThreatSpec describes a threat to add. Every field may be empty; what is empty gets a plausible value. Names, paths,
// arguments, processes, users and publishers are what attackers choose: put hostile text there.
type ThreatSpec struct {
	ID             string
	Name           string
	Agent          string // id or computer name; any online agent when empty, enrolled when unknown
	Classification string
	Confidence     string // malicious, suspicious or n/a
	Engine         string
	Path           string
	SHA1           string
	SHA256         string
	MD5            string
	Process        string // what started it
	Arguments      string
	User           string
	Publisher      string
	Storyline      string
	Verdict        string
	Incident       string
	Mitigation     string
	Indicators     []Indicator
	CreatedAt      time.Time // when the console learnt of it; now when zero
	UpdatedAt      time.Time // CreatedAt when zero
	Edit           func(map[string]any)
}

// An AlertSpec describes an alert of a custom rule to add. Every field may be empty.
type AlertSpec struct {
	ID          string
	Rule        string
	Description string
	Query       string            // the rule's
	Severity    string            // Low, Medium, High, Critical or Info
	Treat       string            // what the rule makes of a hit: UNDEFINED, Suspicious, Malicious
	Agent       string            // id or computer name; any online agent when empty
	Event       string            // PROCESSCREATION, IPCONNECT …
	Seen        map[string]string // what the event tells, by the names of alertInfo: dstIp, dnsRequest, registryPath
	Process     string
	Path        string
	Command     string
	Parent      string
	User        string
	SHA1        string
	Storyline   string
	Verdict     string // as answered: "Undefined", "True positive" …
	Incident    string // as answered: "Unresolved", "In progress", "Resolved"
	CreatedAt   time.Time
	ReportedAt  time.Time
	Edit        func(map[string]any)
}

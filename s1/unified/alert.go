package unified

import (
	"cmp"
	"regexp"
	"strings"

	"s1bot/s1"
)

// An ID names a unified alert: a UUID, as far as consoles have been seen. It is valid in no REST
// path.
type ID string

// idForm is what can be sent as an id. Consoles send UUIDs, recordings have other words; none has a
// blank, a quote or a comma.
var idForm = regexp.MustCompile(`^[0-9A-Za-z._:-]{1,100}$`)

// Valid tells whether the id can be sent to the console.
func (id ID) Valid() bool { return idForm.MatchString(string(id)) }

// uuidForm is five groups as in a UUID; recordings that were masked have letters beyond f, and
// shorter ends.
var uuidForm = regexp.MustCompile(`^[0-9A-Za-z]{8}(-[0-9A-Za-z]{4}){3}-[0-9A-Za-z]{4,12}$`)

// LooksLikeID tells whether what a person typed is meant as the id of a unified alert rather than
// as a name or a REST id.
func LooksLikeID(s string) bool {
	return uuidForm.MatchString(s) && strings.ContainsAny(s, "0123456789")
}

// An Alert is one row of the unified list. What a console leaves out, or has in another field, is
// empty here; see the methods. Severity, status and the like are kept as the console sent them,
// known or not. SiteID and the other methods know where a release has its fields.
type Alert struct {
	s1.Row
	ID             ID            `json:"id"`
	ExternalID     string        `json:"externalId"` // the detecting product's own id; of SentinelOne's own, most likely the threat's or rule alert's
	Name           string        `json:"name"`
	Description    string        `json:"description"`
	Severity       Severity      `json:"severity"`
	Status         Status        `json:"status"`
	Verdict        Verdict       `json:"analystVerdict"`
	Confidence     Confidence    `json:"confidenceLevel"`
	Result         Result        `json:"result"`
	Classification string        `json:"classification"`
	DetectedAt     s1.Time       `json:"detectedAt"`
	CreatedAt      s1.Time       `json:"createdAt"`
	UpdatedAt      s1.Time       `json:"updatedAt"`
	FirstSeenAt    s1.Time       `json:"firstSeenAt"`
	LastSeenAt     s1.Time       `json:"lastSeenAt"`
	Storyline      string        `json:"storylineId"`
	TicketID       string        `json:"ticketId"`
	HasNotes       bool          `json:"noteExists"`
	AttackSurfaces []string      `json:"attackSurfaces"`
	Source         Detector      `json:"detectionSource"`
	Analytics      Analytics     `json:"analytics"`
	Assignee       *Person       `json:"assignee"`
	Assets         []Asset       `json:"assets"`
	LoneAsset      *Asset        `json:"asset"` // of older consoles, in place of assets
	Process        Process       `json:"process"`
	Detected       DetectionTime `json:"detectionTime"`
	Realtime       RealTime      `json:"realTime"`
	Indicators     []Indicator   `json:"indicators"`  // of a single alert alone
	Observables    []Observable  `json:"observables"` // likewise
}

// A Detector is the product that raised the alert: EDR, CWS and STAR of SentinelOne, or another
// vendor's.
type Detector struct {
	Product string `json:"product"`
	Vendor  string `json:"vendor"`
}

// Analytics says what of the product it was: a rule, an engine, a policy.
type Analytics struct {
	Category  string `json:"category"`
	Name      string `json:"name"`
	TypeValue string `json:"typeValue"` // "RULE" where UID is a custom rule's
	UID       string `json:"uid"`
}

// A Person is somebody with an account at the console.
type Person struct {
	UserID   string `json:"userId"`
	Email    string `json:"email"`
	FullName string `json:"fullName"`
}

// Label is the person as people know them.
func (p *Person) Label() string {
	if p == nil {
		return ""
	}
	return cmp.Or(p.FullName, p.Email, p.UserID)
}

// An Asset is what the alert is about: an endpoint, an account, a workload.
type Asset struct {
	ID             string `json:"id"`
	Name           string `json:"name"`
	AgentUUID      string `json:"agentUuid"`
	AgentVersion   string `json:"agentVersion"`
	OSType         string `json:"osType"`
	OSVersion      string `json:"osVersion"`
	Category       string `json:"category"`
	Subcategory    string `json:"subcategory"`
	Connectivity   string `json:"connectivityToConsole"` // ONLINE, OFFLINE
	LastUser       string `json:"lastLoggedInUser"`
	Decommissioned bool   `json:"decommissioned"`
}

// Process is the process that it is about, where it is one.
type Process struct {
	CommandLine string `json:"cmdLine"`
	ParentName  string `json:"parentName"`
	File        struct {
		Name   string `json:"name"`
		Path   string `json:"path"`
		MD5    string `json:"md5"`
		SHA1   string `json:"sha1"`
		SHA256 string `json:"sha256"`
	} `json:"file"`
}

// DetectionTime is what was so when it was found.
type DetectionTime struct {
	Scope struct {
		AccountID   s1.AccountID `json:"accountId"`
		AccountName string       `json:"accountName"`
		SiteID      s1.SiteID    `json:"siteId"`
		SiteName    string       `json:"siteName"`
		GroupName   string       `json:"groupName"`
	} `json:"scope"`
	Attacker struct {
		Host string `json:"host"`
		IP   string `json:"ip"`
	} `json:"attacker"`
	TargetUser struct {
		Name   string `json:"name"`
		Domain string `json:"domain"`
		Email  string `json:"emailAddress"`
	} `json:"targetUser"`
}

// A Place is an account, a site or a group as it is now.
type Place struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// RealTime is where the asset belongs now.
type RealTime struct {
	Scope struct {
		Account Place `json:"account"`
		Site    Place `json:"site"`
		Group   Place `json:"group"`
	} `json:"scope"`
}

// An Indicator is one thing that was noticed, with what MITRE ATT&CK calls it.
type Indicator struct {
	Type      string  `json:"type"`
	Title     string  `json:"title"`
	Message   string  `json:"message"`
	Severity  string  `json:"severity"`
	EventTime s1.Time `json:"eventTime"`
	Attacks   []struct {
		Tactic    Technique `json:"tactic"`
		Technique Technique `json:"technique"`
	} `json:"attacks"`
}

// A Technique is a name of MITRE ATT&CK's: {"Execution", "TA0002"}.
type Technique struct {
	Name string `json:"name"`
	UID  string `json:"uid"`
}

// Words are its number and its name, as far as the console says them: "TA0002 Execution".
func (t Technique) Words() string { return strings.TrimSpace(t.UID + " " + t.Name) }

// An Observable is a value worth searching for: an address, a hash, an account.
type Observable struct {
	Name  string `json:"name"`
	Type  string `json:"type"`
	Value string `json:"value"`
}

// A Note is what somebody wrote about an alert.
type Note struct {
	s1.Row
	ID        string  `json:"id"`
	Text      string  `json:"text"`
	Type      string  `json:"type"`
	CreatedAt s1.Time `json:"createdAt"`
	UpdatedAt s1.Time `json:"updatedAt"`
	Author    *Person `json:"author"`
}

// Asset is the first of what the alert is about; empty if it names nothing.
func (a Alert) Asset() Asset {
	switch {
	case len(a.Assets) > 0:
		return a.Assets[0]
	case a.LoneAsset != nil:
		return *a.LoneAsset
	}
	return Asset{}
}

// Host is the name of what the alert is about.
func (a Alert) Host() string { return a.Asset().Name }

// User is who it is about, or who was there.
func (a Alert) User() string {
	u := a.Detected.TargetUser
	return cmp.Or(u.Email, u.Name, a.Asset().LastUser)
}

// Site and the two below are where it belongs now, or else belonged when it was found.
func (a Alert) Site() string { return cmp.Or(a.Realtime.Scope.Site.Name, a.Detected.Scope.SiteName) }

// Account is the account's name.
func (a Alert) Account() string {
	return cmp.Or(a.Realtime.Scope.Account.Name, a.Detected.Scope.AccountName)
}

// Group is the group's name.
func (a Alert) Group() string { return cmp.Or(a.Realtime.Scope.Group.Name, a.Detected.Scope.GroupName) }

// SiteID is the site's id; "" if the console did not say.
func (a Alert) SiteID() s1.SiteID {
	return s1.SiteID(cmp.Or(a.Realtime.Scope.Site.ID, string(a.Detected.Scope.SiteID)))
}

// Product is what raised it, with its vendor where that is not SentinelOne: "Okta · Identity".
func (a Alert) Product() string {
	if a.Source.Vendor == "" || a.Source.Product == "" || a.own() {
		return cmp.Or(a.Source.Product, a.Source.Vendor)
	}
	return a.Source.Vendor + " · " + a.Source.Product
}

// own tells an alert of SentinelOne's products from another vendor's, whose external ids are its
// own.
func (a Alert) own() bool { return strings.EqualFold(a.Source.Vendor, "SentinelOne") }

// Counterpart is the REST thing that the alert may be as well: a threat or a rule alert with the
// product's own id. It is one for sure only if that thing is about the same endpoint or file, see
// SameThing: no source says that the ids are the same.
func (a Alert) Counterpart() (id string, ok bool) {
	if a.Source.Vendor != "" && !a.own() {
		return "", false
	}
	return a.ExternalID, s1.LooksLikeID(a.ExternalID)
}

// SameThing tells whether a REST row with the alert's external id is the same thing, by the
// endpoint's UUID or the file's SHA-1.
func (a Alert) SameThing(uuids []string, sha1 string) bool {
	mine := plainUUID(a.Asset().AgentUUID)
	for _, uuid := range uuids {
		if mine != "" && mine == plainUUID(uuid) {
			return true
		}
	}
	return a.Process.File.SHA1 != "" && strings.EqualFold(a.Process.File.SHA1, sha1)
}

// plainUUID is a UUID as all spellings of it compare: agents write it with dashes and without.
func plainUUID(uuid string) string { return strings.ToLower(strings.ReplaceAll(uuid, "-", "")) }

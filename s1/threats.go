package s1

import (
	"cmp"
	"context"
	"iter"
	"net/http"
	"strings"

	"s1bot/s1/changes"
	"s1bot/s1/pages"
	"s1bot/s1/transport"
	"s1bot/s1/wire"
)

// A Threat is something that an agent or the console's cloud found on an endpoint. Realtime is null
// for endpoints that are gone; what was known when the threat was found is in Detection then.
type Threat struct {
	Row
	ID               ThreatID           `json:"id"`
	Info             ThreatInfo         `json:"threatInfo"`
	Realtime         ThreatAgentNow     `json:"agentRealtimeInfo"`
	Detection        ThreatAgentThen    `json:"agentDetectionInfo"`
	MitigationStatus []MitigationReport `json:"mitigationStatus"`
	Indicators       []Indicator        `json:"indicators"`
	Container        ContainerInfo      `json:"containerInfo"`
	Kubernetes       KubernetesInfo     `json:"kubernetesInfo"`
	WhiteningOptions []string           `json:"whiteningOptions"`
}

// RowKey is what the row is known again by, whatever else it says.
func (t Threat) RowKey() string { return string(t.Identity()) }

// ThreatInfo is what was found.
type ThreatInfo struct {
	ThreatID                    ThreatID         `json:"threatId"`
	ThreatName                  string           `json:"threatName"`
	Classification              string           `json:"classification"`
	ClassificationSource        string           `json:"classificationSource"`
	ConfidenceLevel             Confidence       `json:"confidenceLevel"`
	AnalystVerdict              Verdict          `json:"analystVerdict"`
	AnalystVerdictDescription   string           `json:"analystVerdictDescription"`
	IncidentStatus              IncidentStatus   `json:"incidentStatus"`
	IncidentStatusDescription   string           `json:"incidentStatusDescription"`
	MitigationStatus            MitigationStatus `json:"mitigationStatus"`
	MitigationStatusDescription string           `json:"mitigationStatusDescription"`
	AutomaticallyResolved       bool             `json:"automaticallyResolved"`
	MitigatedPreemptively       bool             `json:"mitigatedPreemptively"`
	FailedActions               bool             `json:"failedActions"`
	PendingActions              bool             `json:"pendingActions"`
	RebootRequired              bool             `json:"rebootRequired"`
	DetectionType               string           `json:"detectionType"`
	DetectionEngines            []Engine         `json:"detectionEngines"`
	Engines                     []string         `json:"engines"`
	InitiatedBy                 string           `json:"initiatedBy"`
	InitiatedByDescription      string           `json:"initiatedByDescription"`
	InitiatingUserID            string           `json:"initiatingUserId"`
	InitiatingUsername          string           `json:"initiatingUsername"`
	FilePath                    string           `json:"filePath"`
	FileSize                    int              `json:"fileSize"`
	FileExtension               string           `json:"fileExtension"`
	FileVerificationType        string           `json:"fileVerificationType"`
	IsFileless                  bool             `json:"isFileless"`
	PublisherName               string           `json:"publisherName"`
	CertificateID               string           `json:"certificateId"`
	CloudFilesHashVerdict       string           `json:"cloudFilesHashVerdict"`
	MD5                         string           `json:"md5"`
	SHA1                        string           `json:"sha1"`
	SHA256                      string           `json:"sha256"`
	OriginatorProcess           string           `json:"originatorProcess"`
	ProcessUser                 string           `json:"processUser"`
	MaliciousProcessArguments   string           `json:"maliciousProcessArguments"`
	Storyline                   string           `json:"storyline"`
	CollectionID                string           `json:"collectionId"`
	ExternalTicketID            string           `json:"externalTicketId"`
	ExternalTicketExists        bool             `json:"externalTicketExists"`
	IdentifiedAt                Time             `json:"identifiedAt"`
	CreatedAt                   Time             `json:"createdAt"`
	UpdatedAt                   Time             `json:"updatedAt"`
}

// An Engine is one of the agent's ways to detect.
type Engine struct {
	Key   string `json:"key"`
	Title string `json:"title"`
}

// ThreatAgentNow is the endpoint as it is now.
type ThreatAgentNow struct {
	AgentID           AgentID            `json:"agentId"`
	AgentUUID         string             `json:"agentUuid"`
	ComputerName      string             `json:"agentComputerName"`
	Domain            string             `json:"agentDomain"`
	IPv4              string             `json:"agentIpV4"`
	OSName            string             `json:"agentOsName"`
	OSType            OSType             `json:"agentOsType"`
	MachineType       string             `json:"agentMachineType"`
	AgentVersion      string             `json:"agentVersion"`
	MitigationMode    string             `json:"agentMitigationMode"`
	NetworkStatus     NetworkStatus      `json:"agentNetworkStatus"`
	IsActive          bool               `json:"agentIsActive"`
	IsDecommissioned  bool               `json:"agentIsDecommissioned"`
	Infected          bool               `json:"agentInfected"`
	ActiveThreats     int                `json:"activeThreats"`
	RebootRequired    bool               `json:"rebootRequired"`
	ScanStatus        string             `json:"scanStatus"`
	NetworkInterfaces []NetworkInterface `json:"networkInterfaces"`
	AccountID         AccountID          `json:"accountId"`
	AccountName       string             `json:"accountName"`
	SiteID            SiteID             `json:"siteId"`
	SiteName          string             `json:"siteName"`
	GroupID           GroupID            `json:"groupId"`
	GroupName         string             `json:"groupName"`
}

// ThreatAgentThen is the endpoint as it was when the threat was found.
type ThreatAgentThen struct {
	AgentUUID            string    `json:"agentUuid"`
	Domain               string    `json:"agentDomain"`
	IPv4                 string    `json:"agentIpV4"` // several, comma separated
	IPv6                 string    `json:"agentIpV6"`
	ExternalIP           string    `json:"externalIp"`
	LastLoggedInUserName string    `json:"agentLastLoggedInUserName"`
	LastLoggedInUPN      string    `json:"agentLastLoggedInUpn"`
	OSName               string    `json:"agentOsName"`
	OSRevision           string    `json:"agentOsRevision"`
	AgentVersion         string    `json:"agentVersion"`
	MitigationMode       string    `json:"agentMitigationMode"`
	RegisteredAt         Time      `json:"agentRegisteredAt"`
	AccountID            AccountID `json:"accountId"`
	AccountName          string    `json:"accountName"`
	SiteID               SiteID    `json:"siteId"`
	SiteName             string    `json:"siteName"`
	GroupID              GroupID   `json:"groupId"`
	GroupName            string    `json:"groupName"`
}

// An Indicator is a reason why the console took something for a threat.
type Indicator struct {
	Category    string   `json:"category"`
	Description string   `json:"description"`
	IDs         []int    `json:"ids"`
	Tactics     []Tactic `json:"tactics"`
}

// A Tactic is what an attacker wants, in the words of Source, which is MITRE most of the time.
type Tactic struct {
	Name       string      `json:"name"`
	Source     string      `json:"source"`
	Techniques []Technique `json:"techniques"`
}

// A Technique is how an attacker does it: Name is its number, "T1059", and Link its page.
type Technique struct {
	Name string `json:"name"`
	Link string `json:"link"`
}

// ContainerInfo is the container in which something was found.
type ContainerInfo struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Image string `json:"image"`
}

// KubernetesInfo is where in a cluster something was found.
type KubernetesInfo struct {
	Cluster   string `json:"cluster"`
	Namespace string `json:"namespace"`
	Node      string `json:"node"`
	Pod       string `json:"pod"`
}

// Identity returns the threat's id, which older consoles give in one place and newer ones in two.
func (t Threat) Identity() ThreatID { return cmp.Or(t.ID, t.Info.ThreatID) }

// Name returns the threat's name, or the last part of its file's path.
func (t Threat) Name() string {
	path := strings.ReplaceAll(t.Info.FilePath, `\`, "/")
	return cmp.Or(t.Info.ThreatName, path[strings.LastIndexByte(path, '/')+1:])
}

// Host returns the endpoint's name.
func (t Threat) Host() string { return t.Realtime.ComputerName }

// AgentID returns the endpoint's id.
func (t Threat) AgentID() AgentID { return t.Realtime.AgentID }

// User returns who ran what was found, else who was logged in.
func (t Threat) User() string {
	return cmp.Or(t.Info.ProcessUser, t.Detection.LastLoggedInUserName, t.Detection.LastLoggedInUPN)
}

// OS returns the name of the endpoint's operating system.
func (t Threat) OS() string {
	return cmp.Or(t.Realtime.OSName, t.Detection.OSName, t.Realtime.OSType.Label())
}

// SiteName returns the endpoint's site, as it is now if the console says so.
func (t Threat) SiteName() string { return cmp.Or(t.Realtime.SiteName, t.Detection.SiteName) }

// SiteID returns the id of the endpoint's site.
func (t Threat) SiteID() SiteID { return cmp.Or(t.Realtime.SiteID, t.Detection.SiteID) }

// GroupName returns the endpoint's group, as it is now if the console says so.
func (t Threat) GroupName() string { return cmp.Or(t.Realtime.GroupName, t.Detection.GroupName) }

// AccountName returns the endpoint's account.
func (t Threat) AccountName() string { return cmp.Or(t.Realtime.AccountName, t.Detection.AccountName) }

// Online tells whether the endpoint talks to the console now.
func (t Threat) Online() bool { return t.Realtime.IsActive }

// Isolated tells whether the endpoint is cut off from the network, or about to be.
func (t Threat) Isolated() bool { return t.Realtime.NetworkStatus.Isolated() }

// Mitigated tells whether nothing is left to be done about the threat: it was mitigated, or marked as benign.
func (t Threat) Mitigated() bool {
	return t.Info.MitigationStatus == Mitigated || t.Info.MitigationStatus == MarkedAsBenign
}

// Hash returns the best hash that there is, SHA-1 first, for that is what the console knows files by; and its kind.
func (t Threat) Hash() (kind, hash string) {
	for _, h := range [][2]string{{"SHA-1", t.Info.SHA1}, {"SHA-256", t.Info.SHA256}, {"MD5", t.Info.MD5}} {
		if h[1] != "" {
			return h[0], h[1]
		}
	}
	return "", ""
}

// IPs returns the endpoint's addresses, each once.
func (t Threat) IPs() []string {
	return interfaceIPs([]NetworkInterface{{Inet: splitList(t.Detection.IPv4), Inet6: splitList(t.Detection.IPv6)}}, t.Realtime.IPv4)
}

// EngineTitles returns the names of what detected the threat.
func (t Threat) EngineTitles() []string {
	var titles []string
	for _, e := range t.Info.DetectionEngines {
		titles = append(titles, cmp.Or(e.Title, e.Key))
	}
	if len(titles) == 0 {
		return t.Info.Engines
	}
	return titles
}

// Techniques are the techniques of all indicators, each once, under the first tactic that it serves: MITRE lists one technique below
// several tactics, and the console repeats it below each.
func (t Threat) Techniques() iter.Seq2[Tactic, Technique] {
	return func(yield func(Tactic, Technique) bool) {
		seen := map[string]bool{}
		for _, indicator := range t.Indicators {
			for _, tactic := range indicator.Tactics {
				for _, technique := range tactic.Techniques {
					if technique.Name == "" || seen[technique.Name] {
						continue
					}
					seen[technique.Name] = true
					if !yield(tactic, technique) {
						return
					}
				}
			}
		}
	}
}

func splitList(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' })
}

func (c *Client) threats() pages.List[Threat] {
	return pages.List[Threat]{Client: c.t, Call: transport.Call{Operation: "list threats", Method: http.MethodGet, Route: "threats", Permission: "Threats.view"}}
}

// ThreatsPage returns one page of the threats that match q.
func (c *Client) ThreatsPage(ctx context.Context, q Query) (Page[Threat], error) {
	return c.threats().Page(ctx, q)
}

// Threats goes through all threats that match q, page by page.
func (c *Client) Threats(ctx context.Context, q Query) iter.Seq2[Threat, error] {
	return c.threats().All(ctx, q)
}

// CountThreats returns how many threats match q.
func (c *Client) CountThreats(ctx context.Context, q Query) (int, error) {
	return c.threats().Count(ctx, q)
}

// ThreatsByID returns the threats with the given ids; ids that the console does not know are missing from the result.
func (c *Client) ThreatsByID(ctx context.Context, ids []ThreatID) ([]Threat, error) {
	return pages.ByID(ctx, c.threats(), ids, Threat.Identity)
}

// SetThreatVerdict sets what analysts think of threats. The console answers 200 also where it
// changed only some: see ActionResult.Failed. Values are lower snake case here; upper case is for
// alerts.
func (c *Client) SetThreatVerdict(ctx context.Context, ids []ThreatID, verdict Verdict) (ActionResult, error) {
	call := transport.Call{Operation: "set threat verdict", Route: "threats/analyst-verdict", Permission: "Threats.updateAnalystVerdict"}
	if !wire.ValidChoice(verdict) {
		return ActionResult{}, transport.Invalid(call.Operation, "verdict %q", verdict)
	}
	return changes.ByID(ctx, c.t, call, ids, map[string]Verdict{"analystVerdict": verdict})
}

// SetThreatIncident sets the incident status of threats; see SetThreatVerdict for the result.
func (c *Client) SetThreatIncident(ctx context.Context, ids []ThreatID, status IncidentStatus) (ActionResult, error) {
	call := transport.Call{Operation: "set threat incident status", Route: "threats/incident", Permission: "Threats.updateIncidentStatus"}
	if !wire.ValidChoice(status) {
		return ActionResult{}, transport.Invalid(call.Operation, "incident status %q", status)
	}
	return changes.ByID(ctx, c.t, call, ids, map[string]IncidentStatus{"incidentStatus": status})
}

// MitigateThreats asks the endpoints of threats to act. The result counts what was sent, not what
// was done: the threats' MitigationStatus tells that later. Rollback runs kill, quarantine and
// remediate first. What an endpoint cannot do is in Skipped, with a reason.
func (c *Client) MitigateThreats(ctx context.Context, action MitigateAction, ids []ThreatID) (ActionResult, error) {
	call := transport.Call{Operation: "mitigate threats", Route: "threats/mitigate/" + string(action), Permission: mitigatePermission(action)}
	if !wire.ValidChoice(action) {
		return ActionResult{}, transport.Invalid(call.Operation, "action %q", action)
	}
	return changes.ByID(ctx, c.t, call, ids, nil)
}

// mitigatePermission is what the token's role lacks where an action is refused, as the console's
// list of permissions calls it; the names do not follow those of the path.
func mitigatePermission(action MitigateAction) string {
	switch action {
	case MitigateRollback:
		return "Threats.rollback"
	case MitigateUnquarantine:
		return "Threats.unquarantine"
	case MitigateNetworkQuarantine:
		return "Endpoints.disconnectFromNetwork"
	}
	return "Threats." + string(action)
}

package s1

import (
	"cmp"
	"context"
	"iter"
	"net/http"

	"s1bot/s1/changes"
	"s1bot/s1/pages"
	"s1bot/s1/transport"
	"s1bot/s1/wire"
)

// An Alert is what a custom detection rule found. Values are in sentence case here ("True
// positive"), in upper case in filters, and either way in bodies.
type Alert struct {
	Row
	Info          AlertInfo      `json:"alertInfo"`
	Rule          AlertRule      `json:"ruleInfo"`
	Source        Process        `json:"sourceProcessInfo"`
	Parent        Process        `json:"sourceParentProcessInfo"`
	Target        TargetProcess  `json:"targetProcessInfo"`
	Detection     AlertAgentThen `json:"agentDetectionInfo"`
	Realtime      AlertAgentNow  `json:"agentRealtimeInfo"` // left out by some consoles
	Container     ContainerInfo  `json:"containerInfo"`
	Kubernetes    KubernetesInfo `json:"kubernetesInfo"`
	TopStoryline  string         `json:"storyline"` // where the specification's field mapping looks; see Storyline
	TopIdentifier AlertID        `json:"id"`        // see Identity
}

// RowKey is what the row is known again by, whatever else it says.
func (a Alert) RowKey() string { return string(a.Identity()) }

// AlertInfo is what happened. The fields from SrcIP on depend on the kind of event; most are empty.
type AlertInfo struct {
	AlertID              AlertID        `json:"alertId"`
	AnalystVerdict       Verdict        `json:"analystVerdict"`
	IncidentStatus       IncidentStatus `json:"incidentStatus"`
	EventType            string         `json:"eventType"`
	HitType              string         `json:"hitType"`
	Source               string         `json:"source"`
	IsEDR                bool           `json:"isEdr"`
	DVEventID            string         `json:"dvEventId"`
	CreatedAt            Time           `json:"createdAt"`
	UpdatedAt            Time           `json:"updatedAt"`
	ReportedAt           Time           `json:"reportedAt"`
	SrcIP                string         `json:"srcIp"`
	SrcPort              string         `json:"srcPort"`
	SrcMachineIP         string         `json:"srcMachineIp"`
	DstIP                string         `json:"dstIp"`
	DstPort              string         `json:"dstPort"`
	NetEventDirection    string         `json:"netEventDirection"`
	DNSRequest           string         `json:"dnsRequest"`
	DNSResponse          string         `json:"dnsResponse"`
	ModulePath           string         `json:"modulePath"`
	ModuleSHA1           string         `json:"moduleSha1"`
	LoginsUserName       string         `json:"loginsUserName"`
	LoginAccountDomain   string         `json:"loginAccountDomain"`
	LoginType            string         `json:"loginType"`
	RegistryKeyPath      string         `json:"registryKeyPath"`
	RegistryPath         string         `json:"registryPath"`
	RegistryValue        string         `json:"registryValue"`
	RegistryOldValue     string         `json:"registryOldValue"`
	IndicatorCategory    string         `json:"indicatorCategory"`
	IndicatorName        string         `json:"indicatorName"`
	IndicatorDescription string         `json:"indicatorDescription"`
}

// AlertRule is the rule that hit.
type AlertRule struct {
	ID            RuleID        `json:"id"`
	Name          string        `json:"name"`
	Description   string        `json:"description"`
	Severity      AlertSeverity `json:"severity"`
	TreatAsThreat string        `json:"treatAsThreat"`
	QueryType     string        `json:"queryType"`
	QueryLang     string        `json:"queryLang"`
	S1QL          string        `json:"s1ql"`
	ScopeLevel    string        `json:"scopeLevel"`
}

// Process is a process that did something.
type Process struct {
	Name           string `json:"name"`
	PID            string `json:"pid"`
	PIDStartTime   Time   `json:"pidStarttime"`
	CommandLine    string `json:"commandline"`
	FilePath       string `json:"filePath"`
	FileHashMD5    string `json:"fileHashMd5"`
	FileHashSHA1   string `json:"fileHashSha1"`
	FileHashSHA256 string `json:"fileHashSha256"`
	FileSigner     string `json:"fileSignerIdentity"`
	IntegrityLevel string `json:"integrityLevel"`
	Storyline      string `json:"storyline"`
	UniqueID       string `json:"uniqueId"`
	User           string `json:"user"`
	LoginUser      string `json:"loginUser"`
}

// TargetProcess is the process or file that something was done to.
type TargetProcess struct {
	ProcessName      string `json:"tgtProcName"`
	ProcessPID       string `json:"tgtProcPid"`
	ProcessImagePath string `json:"tgtProcImagePath"`
	ProcessCmdLine   string `json:"tgtProcCmdLine"`
	ProcessStarted   Time   `json:"tgtProcessStartTime"`
	FilePath         string `json:"tgtFilePath"`
	FileOldPath      string `json:"tgtFileOldPath"`
	FileHashSHA1     string `json:"tgtFileHashSha1"`
	FileHashSHA256   string `json:"tgtFileHashSha256"`
	FileCreatedAt    Time   `json:"tgtFileCreatedAt"`
	FileModifiedAt   Time   `json:"tgtFileModifiedAt"`
}

// AlertAgentThen is the endpoint as it was when the rule hit.
type AlertAgentThen struct {
	AccountID   AccountID `json:"accountId"`
	AccountName string    `json:"accountName"` // this and the names below are left out by the console; see the notifier
	SiteID      SiteID    `json:"siteId"`
	SiteName    string    `json:"siteName"`
	GroupName   string    `json:"groupName"`
	UUID        string    `json:"uuid"`
	Name        string    `json:"name"`
	MachineType string    `json:"machineType"`
	OSFamily    string    `json:"osFamily"`
	OSName      string    `json:"osName"`
	OSRevision  string    `json:"osRevision"`
	Version     string    `json:"version"`
}

// AlertAgentNow is the endpoint as it is now.
type AlertAgentNow struct {
	ID               AgentID `json:"id"`
	UUID             string  `json:"uuid"`
	Name             string  `json:"name"`
	OS               string  `json:"os"`
	MachineType      string  `json:"machineType"`
	IsActive         bool    `json:"isActive"`
	IsDecommissioned bool    `json:"isDecommissioned"`
	Infected         bool    `json:"infected"`
}

// Identity returns the alert's id.
func (a Alert) Identity() AlertID { return cmp.Or(a.Info.AlertID, a.TopIdentifier) }

// Name returns the name of the rule that hit.
func (a Alert) Name() string { return cmp.Or(a.Rule.Name, a.Info.IndicatorName, a.Info.EventType) }

// Host returns the endpoint's name.
func (a Alert) Host() string { return cmp.Or(a.Detection.Name, a.Realtime.Name) }

// AgentID returns the endpoint's id; "" if the console left it out. It is in agentRealtimeInfo
// only, which newer documents no longer have and live consoles send.
func (a Alert) AgentID() AgentID { return a.Realtime.ID }

// OS returns the name of the endpoint's operating system.
func (a Alert) OS() string { return cmp.Or(a.Detection.OSName, a.Detection.OSFamily, a.Realtime.OS) }

// User returns who did it.
func (a Alert) User() string {
	return cmp.Or(a.Source.User, a.Source.LoginUser, a.Info.LoginsUserName)
}

// Storyline returns the storyline that the alert belongs to.
func (a Alert) Storyline() string { return cmp.Or(a.TopStoryline, a.Source.Storyline) }

func (c *Client) alerts() pages.List[Alert] {
	return pages.List[Alert]{Client: c.t, Call: transport.Call{Operation: "list alerts", Method: http.MethodGet, Route: "cloud-detection/alerts", Permission: "Custom Alerts.view"}}
}

// AlertsPage returns one page of the alerts that match q. Alert filters spell their values in upper case: Verdict.Upper.
func (c *Client) AlertsPage(ctx context.Context, q Query) (Page[Alert], error) {
	return c.alerts().Page(ctx, q)
}

// Alerts goes through all alerts that match q, page by page.
func (c *Client) Alerts(ctx context.Context, q Query) iter.Seq2[Alert, error] {
	return c.alerts().All(ctx, q)
}

// CountAlerts returns how many alerts match q.
func (c *Client) CountAlerts(ctx context.Context, q Query) (int, error) {
	return c.alerts().Count(ctx, q)
}

// AlertsByID returns the alerts with the given ids; ids that the console does not know are missing from the result.
func (c *Client) AlertsByID(ctx context.Context, ids []AlertID) ([]Alert, error) {
	return pages.ByID(ctx, c.alerts(), ids, Alert.Identity)
}

// SetAlertVerdict sets what analysts think of alerts. Unknown ids are not named: the answer just
// counts fewer.
func (c *Client) SetAlertVerdict(ctx context.Context, ids []AlertID, verdict Verdict) (ActionResult, error) {
	call := transport.Call{Operation: "set alert verdict", Route: "cloud-detection/alerts/analyst-verdict", Permission: "Custom Alerts.updateAnalystVerdict"}
	if !wire.ValidChoice(verdict) {
		return ActionResult{}, transport.Invalid(call.Operation, "verdict %q", verdict)
	}
	return changes.ByID(ctx, c.t, call, ids, map[string]string{"analystVerdict": verdict.Upper()})
}

// SetAlertIncident sets the incident status of alerts.
func (c *Client) SetAlertIncident(ctx context.Context, ids []AlertID, status IncidentStatus) (ActionResult, error) {
	call := transport.Call{Operation: "set alert incident status", Route: "cloud-detection/alerts/incident", Permission: "Custom Alerts.updateIncidentStatus"}
	if !wire.ValidChoice(status) {
		return ActionResult{}, transport.Invalid(call.Operation, "incident status %q", status)
	}
	return changes.ByID(ctx, c.t, call, ids, map[string]string{"incidentStatus": status.Upper()})
}

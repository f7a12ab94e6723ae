package huntapi

import "s1bot/s1/wire"

// A ThreatEvent is something that happened in the storyline of a threat. Which fields say something
// depends on ObjectType. PIDs and ports are text because consoles send both numbers and text; wire
// reads either.
type ThreatEvent struct {
	wire.Row
	ID                   string       `json:"id"`
	ObjectType           string       `json:"objectType"` // process, file, ip, dns, url, registry, …
	EventType            string       `json:"eventType"`  // "Process Creation"
	CreatedAt            wire.Time    `json:"createdAt"`
	AgentID              wire.AgentID `json:"agentId"`
	AgentName            string       `json:"agentName"`
	ProcessName          string       `json:"processName"`
	PID                  string       `json:"pid"`
	ProcessCmd           string       `json:"processCmd"`
	ProcessImagePath     string       `json:"processImagePath"`
	ProcessUniqueKey     string       `json:"processUniqueKey"` // what the event's id in a filter means
	ParentProcessName    string       `json:"parentProcessName"`
	ParentPID            string       `json:"parentPid"`
	User                 string       `json:"user"`
	Storyline            string       `json:"storyline"`
	RelatedToThreat      bool         `json:"relatedToThreat"`
	FileFullName         string       `json:"fileFullName"`
	OldFileName          string       `json:"oldFileName"`
	FileSHA1             string       `json:"fileSha1"`
	FileSHA256           string       `json:"fileSha256"`
	SrcIP                string       `json:"srcIp"`
	SrcPort              string       `json:"srcPort"`
	DstIP                string       `json:"dstIp"`
	DstPort              string       `json:"dstPort"`
	Direction            string       `json:"direction"`
	DNSRequest           string       `json:"dnsRequest"`
	DNSResponse          string       `json:"dnsResponse"`
	NetworkURL           string       `json:"networkUrl"`
	NetworkMethod        string       `json:"networkMethod"`
	RegistryPath         string       `json:"registryPath"`
	RegistryID           string       `json:"registryId"`
	TaskName             string       `json:"taskName"`
	TaskPath             string       `json:"taskPath"`
	LoginsUserName       string       `json:"loginsUserName"`
	LoginsBaseType       string       `json:"loginsBaseType"`
	IndicatorName        string       `json:"indicatorName"`
	IndicatorCategory    string       `json:"indicatorCategory"`
	IndicatorDescription string       `json:"indicatorDescription"`
}

// An Event is something that an endpoint recorded: the same fields as the events of a threat, and
// where it was.
type Event struct {
	ThreatEvent
	AgentUUID   string    `json:"agentUuid"`
	AgentOS     string    `json:"agentOs"`
	AgentIP     string    `json:"agentIp"`
	AgentDomain string    `json:"agentDomain"`
	Endpoint    string    `json:"endpointName"`
	EventTime   wire.Time `json:"eventTime"`
	SHA1        string    `json:"processImageSha1Hash"`
	Publisher   string    `json:"publisher"`
	TrueContext string    `json:"trueContext"`
	SiteName    string    `json:"siteName"`
	Target      string    `json:"tgtProcName"`    // the process that something was done to; of the data lake alone
	TargetCmd   string    `json:"tgtProcCmdLine"` // likewise
}

// Host is the endpoint's name.
func (e Event) Host() string {
	if e.AgentName != "" {
		return e.AgentName
	}
	return e.Endpoint
}

// At is when it happened.
func (e Event) At() wire.Time {
	if e.CreatedAt.IsZero() {
		return e.EventTime
	}
	return e.CreatedAt
}

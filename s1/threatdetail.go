package s1

import (
	"context"
	"net/http"
)

// A ThreatAnalysis is everything that the console knows about one threat.
type ThreatAnalysis struct {
	Threat
	Rules []CustomRule `json:"customDetectionRules"` // of the private path alone
}

// A CustomRule is a detection rule of the customer's that took part in finding a threat.
type CustomRule struct {
	ID   RuleID `json:"id"`
	Name string `json:"name"`
}

// UnmarshalJSON reads the parts that a threat has and those that it has not.
func (a *ThreatAnalysis) UnmarshalJSON(data []byte) error {
	var rules struct {
		Rules []CustomRule `json:"customDetectionRules"`
	}
	_ = decode(data, &rules) // undocumented: what cannot be read is left out
	a.Rules = rules.Rules
	return readItem(data, &a.Threat)
}

// ThreatAnalysis returns the analysis of a threat. The path is private to the console's own pages and undocumented; a console
// without it says ErrNotFound, as one does for a threat that it does not know.
func (c *Client) ThreatAnalysis(ctx context.Context, id ThreatID) (ThreatAnalysis, error) {
	call := call{operation: "get threat analysis", method: http.MethodGet, route: "private/threats/{id}/analysis", ids: []string{string(id)}, permission: "Threats.view"}
	if !id.Valid() {
		return ThreatAnalysis{}, refusal(call.operation, ErrInvalidID)
	}
	return get[ThreatAnalysis](ctx, c, call)
}

// A ThreatEvent is something that happened in the storyline of a threat. Which fields say something depends on ObjectType.
type ThreatEvent struct {
	Row
	ID                   string  `json:"id"`
	ObjectType           string  `json:"objectType"` // process, file, ip, dns, url, registry, …
	EventType            string  `json:"eventType"`  // "Process Creation"
	CreatedAt            Time    `json:"createdAt"`
	AgentID              AgentID `json:"agentId"`
	AgentName            string  `json:"agentName"`
	ProcessName          string  `json:"processName"`
	PID                  string  `json:"pid"`
	ProcessCmd           string  `json:"processCmd"`
	ProcessImagePath     string  `json:"processImagePath"`
	ProcessUniqueKey     string  `json:"processUniqueKey"` // what the event's id in a filter means
	ParentProcessName    string  `json:"parentProcessName"`
	ParentPID            string  `json:"parentPid"`
	User                 string  `json:"user"`
	Storyline            string  `json:"storyline"`
	RelatedToThreat      bool    `json:"relatedToThreat"`
	FileFullName         string  `json:"fileFullName"`
	OldFileName          string  `json:"oldFileName"`
	FileSHA1             string  `json:"fileSha1"`
	FileSHA256           string  `json:"fileSha256"`
	SrcIP                string  `json:"srcIp"`
	SrcPort              string  `json:"srcPort"`
	DstIP                string  `json:"dstIp"`
	DstPort              string  `json:"dstPort"`
	Direction            string  `json:"direction"`
	DNSRequest           string  `json:"dnsRequest"`
	DNSResponse          string  `json:"dnsResponse"`
	NetworkURL           string  `json:"networkUrl"`
	NetworkMethod        string  `json:"networkMethod"`
	RegistryPath         string  `json:"registryPath"`
	RegistryID           string  `json:"registryId"`
	TaskName             string  `json:"taskName"`
	TaskPath             string  `json:"taskPath"`
	LoginsUserName       string  `json:"loginsUserName"`
	LoginsBaseType       string  `json:"loginsBaseType"`
	IndicatorName        string  `json:"indicatorName"`
	IndicatorCategory    string  `json:"indicatorCategory"`
	IndicatorDescription string  `json:"indicatorDescription"`
}

func (c *Client) threatEvents(id ThreatID, private bool) (list[ThreatEvent], error) {
	l := list[ThreatEvent]{client: c, call: call{operation: "get threat events", method: http.MethodGet, route: "threats/{id}/explore/events", ids: []string{string(id)}, permission: "Threats.view"}}
	if private {
		l.route = "private/threats/{id}/explore/all-events"
	}
	if !id.Valid() {
		return l, refusal(l.operation, ErrInvalidID)
	}
	return l, nil
}

// ThreatEventsPage returns one page of the events of a threat. None are no error: what was found before it ran did nothing.
func (c *Client) ThreatEventsPage(ctx context.Context, id ThreatID, q Query) (Page[ThreatEvent], error) {
	return c.eventsPage(ctx, id, false, q)
}

// AllThreatEventsPage asks the path of the console's own pages, which tells more of each event and is undocumented.
func (c *Client) AllThreatEventsPage(ctx context.Context, id ThreatID, q Query) (Page[ThreatEvent], error) {
	return c.eventsPage(ctx, id, true, q)
}

func (c *Client) eventsPage(ctx context.Context, id ThreatID, private bool, q Query) (Page[ThreatEvent], error) {
	l, err := c.threatEvents(id, private)
	if err != nil {
		return Page[ThreatEvent]{}, err
	}
	return l.page(ctx, q)
}

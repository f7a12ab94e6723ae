package s1

import (
	"context"
	"iter"
	"net/http"
	"slices"

	"s1bot/s1/changes"
	"s1bot/s1/pages"
	"s1bot/s1/transport"
)

// An Agent is an endpoint as the console sees it. Actions take ID; UUID is what events and other
// tools know an endpoint by. Many fields are null in practice that the document has as text.
type Agent struct {
	Row
	ID                       AgentID            `json:"id"`
	UUID                     string             `json:"uuid"`
	ComputerName             string             `json:"computerName"`
	Domain                   string             `json:"domain"`
	OSName                   string             `json:"osName"`
	OSType                   OSType             `json:"osType"`
	OSArch                   string             `json:"osArch"`
	OSRevision               string             `json:"osRevision"`
	MachineType              string             `json:"machineType"`
	ModelName                string             `json:"modelName"`
	SerialNumber             string             `json:"serialNumber"`
	AgentVersion             string             `json:"agentVersion"`
	IsActive                 bool               `json:"isActive"`
	IsUpToDate               bool               `json:"isUpToDate"`
	IsDecommissioned         bool               `json:"isDecommissioned"`
	IsUninstalled            bool               `json:"isUninstalled"`
	IsPendingUninstall       bool               `json:"isPendingUninstall"`
	Infected                 bool               `json:"infected"`
	ActiveThreats            int                `json:"activeThreats"`
	NetworkStatus            NetworkStatus      `json:"networkStatus"`
	NetworkQuarantineEnabled bool               `json:"networkQuarantineEnabled"`
	FirewallEnabled          bool               `json:"firewallEnabled"`
	ThreatRebootRequired     bool               `json:"threatRebootRequired"`
	EncryptedApplications    bool               `json:"encryptedApplications"`
	MitigationMode           string             `json:"mitigationMode"`
	MitigationModeSuspicious string             `json:"mitigationModeSuspicious"`
	OperationalState         string             `json:"operationalState"`
	DetectionState           string             `json:"detectionState"`
	UserActionsNeeded        []string           `json:"userActionsNeeded"`
	ScanStatus               string             `json:"scanStatus"`
	ScanStartedAt            Time               `json:"scanStartedAt"`
	ScanFinishedAt           Time               `json:"scanFinishedAt"`
	ScanAbortedAt            Time               `json:"scanAbortedAt"`
	ExternalIP               string             `json:"externalIp"`
	LastIPToMgmt             string             `json:"lastIpToMgmt"`
	NetworkInterfaces        []NetworkInterface `json:"networkInterfaces"`
	LastLoggedInUserName     string             `json:"lastLoggedInUserName"`
	OSUsername               string             `json:"osUsername"`
	ExternalID               string             `json:"externalId"`
	AccountID                AccountID          `json:"accountId"`
	AccountName              string             `json:"accountName"`
	SiteID                   SiteID             `json:"siteId"`
	SiteName                 string             `json:"siteName"`
	GroupID                  GroupID            `json:"groupId"`
	GroupName                string             `json:"groupName"`
	Tags                     AgentTags          `json:"tags"`
	CPUCount                 int                `json:"cpuCount"`
	CoreCount                int                `json:"coreCount"`
	TotalMemory              int                `json:"totalMemory"` // MB
	OSStartTime              Time               `json:"osStartTime"`
	LastActiveDate           Time               `json:"lastActiveDate"`
	RegisteredAt             Time               `json:"registeredAt"`
	CreatedAt                Time               `json:"createdAt"`
	UpdatedAt                Time               `json:"updatedAt"`
}

// RowKey is what the row is known again by, whatever else it says.
func (a Agent) RowKey() string { return string(a.ID) }

// A NetworkInterface is one of an endpoint's.
type NetworkInterface struct {
	ID        string   `json:"id"`
	Name      string   `json:"name"`
	Inet      []string `json:"inet"`
	Inet6     []string `json:"inet6"`
	Physical  string   `json:"physical"` // MAC address
	GatewayIP string   `json:"gatewayIp"`
}

// AgentTags are the tags of an endpoint, by who manages them.
type AgentTags struct {
	SentinelOne []AgentTag `json:"sentinelone"`
}

// An AgentTag is a key and a value that people gave to an endpoint.
type AgentTag struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// Online tells whether the endpoint talks to the console now. isActive follows the agent's last
// report, so a machine that was just switched off is online for a while.
func (a Agent) Online() bool { return a.IsActive }

// Isolated tells whether the endpoint is cut off from the network, or about to be.
func (a Agent) Isolated() bool { return a.NetworkStatus.Isolated() }

// Server tells whether the endpoint is a server.
func (a Agent) Server() bool { return a.MachineType == "server" }

// User returns who logged in last; "" if the console does not know.
func (a Agent) User() string {
	for _, name := range []string{a.LastLoggedInUserName, a.OSUsername} {
		if known(name) {
			return name
		}
	}
	return ""
}

// TagNames returns the tags as "key:value", or "key" where there is no value.
func (a Agent) TagNames() []string {
	var names []string
	for _, tag := range a.Tags.SentinelOne {
		if tag.Value == "" {
			names = append(names, tag.Key)
			continue
		}
		names = append(names, tag.Key+":"+tag.Value)
	}
	return names
}

// IPs returns the endpoint's own addresses, each once.
func (a Agent) IPs() []string { return interfaceIPs(a.NetworkInterfaces, a.LastIPToMgmt) }

// interfaceIPs lists addresses in the order of the interfaces; first comes ahead if it is known.
func interfaceIPs(interfaces []NetworkInterface, first string) []string {
	var ips []string
	add := func(ip string) {
		if known(ip) && !slices.Contains(ips, ip) {
			ips = append(ips, ip)
		}
	}
	add(first)
	for _, i := range interfaces {
		for _, ip := range slices.Concat(i.Inet, i.Inet6) {
			add(ip)
		}
	}
	return ips
}

// known tells whether s is more than one of the console's words for nothing. Each of them has been
// seen in recorded rows.
func known(s string) bool {
	return s != "" && s != "None" && s != "N/A" && s != "unknown"
}

func (c *Client) agents() pages.List[Agent] {
	return pages.List[Agent]{Client: c.t, Call: transport.Call{Operation: "list agents", Method: http.MethodGet, Route: "agents", Permission: "Endpoints.view"}}
}

// AgentsPage returns one page of the agents that match q.
func (c *Client) AgentsPage(ctx context.Context, q Query) (Page[Agent], error) {
	return c.agents().Page(ctx, q)
}

// Agents goes through all agents that match q, page by page.
func (c *Client) Agents(ctx context.Context, q Query) iter.Seq2[Agent, error] {
	return c.agents().All(ctx, q)
}

// CountAgents returns how many agents match q.
func (c *Client) CountAgents(ctx context.Context, q Query) (int, error) {
	return c.agents().Count(ctx, q)
}

// AgentsByID returns the agents with the given ids; ids that the console does not know are missing from the result.
func (c *Client) AgentsByID(ctx context.Context, ids []AgentID) ([]Agent, error) {
	return pages.ByID(ctx, c.agents(), ids, func(a Agent) AgentID { return a.ID })
}

// DisconnectAgents isolates endpoints: they reach the console and nothing else. It returns how many commands the console
// queued; an endpoint follows when it is online, which its NetworkStatus tells.
func (c *Client) DisconnectAgents(ctx context.Context, ids []AgentID) (int, error) {
	return c.agentAction(ctx, "disconnect", "Endpoints.disconnectFromNetwork", ids)
}

// ConnectAgents ends the isolation of endpoints; see DisconnectAgents for the number.
func (c *Client) ConnectAgents(ctx context.Context, ids []AgentID) (int, error) {
	return c.agentAction(ctx, "connect", "Endpoints.reconnectToNetwork", ids)
}

// ShutdownAgents powers endpoints off. Nobody can power them on from the console; offline ones are not affected.
func (c *Client) ShutdownAgents(ctx context.Context, ids []AgentID) (int, error) {
	return c.agentAction(ctx, "shutdown", "Endpoints.shutDown", ids)
}

// agentAction sends one of the actions that take nothing but ids.
func (c *Client) agentAction(ctx context.Context, action, permission string, ids []AgentID) (int, error) {
	result, err := changes.ByID(ctx, c.t, transport.Call{Operation: action + " agents", Route: "agents/actions/" + action, Permission: permission}, ids, nil)
	return result.Affected, err
}

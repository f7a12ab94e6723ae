// Package files is what comes back from endpoints: the archives of files that they were asked for,
// and the scripts that ran there with their results.
//
//	ask ──▶ activity "fetch" ──endpoint online──▶ activity "uploaded", which alone says where the archive is ──3 days──▶ 410
//	run ──▶ task created ──▶ completed ──▶ a link that lasts an hour
//
// The rule: an answer never says more than the service's. That a file is there is only in an
// activity, a batch only in its uuid, and whoever has a signed link needs no token and must send
// none.
package files

import (
	"archive/zip"
	"bytes"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"s1bot/s1/s1sim/wire"
	"s1bot/s1/s1sim/world"
)

// What the API document says of files that endpoints upload.
const (
	maxPaths   = 10
	keepFiles  = 3 * 24 * time.Hour
	keepNumber = 30 // files of one endpoint; older ones go
)

// vault is the archives that endpoints uploaded, by the id of the activity that tells of it.
type vault struct {
	archives map[string]archive
	latest   []string // ids, oldest first
	size     int      // of the next archives, when a test wants large ones
}

type archive struct {
	agent, name string
	body        []byte
	at          time.Time
}

// A Cabinet is the files that endpoints uploaded, and the scripts with what came of them.
type Cabinet struct {
	world     *world.World
	vault     vault
	scripting scripting
}

// New has the library of scripts and no file yet.
func New(w *world.World) *Cabinet {
	c := &Cabinet{world: w, vault: vault{archives: map[string]archive{}}, scripting: scripting{results: map[string][]byte{}, links: map[string]link{}}}
	c.seedScripts()
	return c
}

// Routes are the calls about files and scripts.
func Routes(c *Cabinet) []wire.Route { return slices.Concat(uploadRoutes(c), scriptRoutes(c)) }

// The two ways to get a file differ in what they answer: an endpoint's says success, a threat's
// says how many.
func uploadRoutes(c *Cabinet) []wire.Route {
	return []wire.Route{
		{Method: "POST", Path: "/agents/{agent}/actions/fetch-files", Handle: wire.On(c, fetchFiles)},
		{Method: "GET", Path: "/agents/{agent}/uploads/{activity}", Handle: wire.On(c, getUpload)},
		{Method: "POST", Path: "/threats/fetch-file", Handle: wire.On(c, fetchThreatFile)},
	}
}

// SetUploadSize makes the archives that endpoints upload from now on this large, in bytes; 0 makes
// them small again. It is for tests of limits: a caller must stop reading at its own bound,
// whatever comes.
func (c *Cabinet) SetUploadSize(bytes int) {
	defer c.world.Look()()
	c.vault.size = bytes
}

// fetchFiles queues the order. The answer says nothing else: the batch is in an activity.
func fetchFiles(c *Cabinet, q *wire.Request) (any, error) {
	agent := c.world.AgentRows.Get(q.Params["agent"])
	if agent == nil {
		return nil, wire.NotFound("Agent not found", "The agent with ID "+q.Params["agent"]+" is not found.")
	}
	body, err := q.Body()
	if err != nil {
		return nil, err
	}
	paths, err := wantedPaths(body)
	if err != nil {
		return nil, err
	}
	if err := archivePassword(body); err != nil {
		return nil, err
	}
	batch, name := c.world.UUID(), wire.Text(agent, "computerName")
	c.world.Note(world.Event{Kind: world.SaidFetch, At: q.Now, Agent: agent, ByUser: true, Data: wire.Object{"commandBatchUuid": batch},
		About: "The management user " + world.ApiUser + " initiated a fetch file command to the agent " + name + " (" + wire.Text(agent, "externalIp") + ")."})
	c.world.Later(wire.Text(agent, "id"), "files "+batch, q.Now, func(agent wire.Object, at time.Time) {
		c.upload(world.Uploaded, agent, nil, batch, paths, at)
	})
	return wire.Data(wire.Object{"success": true}), nil
}

// absolutePath begins with a drive or at the root. Wildcards and regular expressions are not
// supported.
var absolutePath = regexp.MustCompile(`^([A-Za-z]:[\\/]|[\\/])[^*?]+$`)

// wantedPaths reads what is wanted: 1 to 10 absolute paths.
func wantedPaths(body wire.Object) ([]string, error) {
	d, _ := body["data"].(wire.Object)
	list, ok := d["files"].([]any)
	switch {
	case !ok:
		return nil, wire.Invalid("data: files: Missing data for required field.")
	case len(list) < 1 || len(list) > maxPaths:
		return nil, wire.Invalid("data: files: Length must be between 1 and %d.", maxPaths)
	}
	var paths []string
	for i, v := range list {
		p, ok := v.(string)
		if !ok || !absolutePath.MatchString(p) {
			return nil, wire.Invalid("data: files: %d: Not a valid absolute path.", i)
		}
		paths = append(paths, p)
	}
	return paths, nil
}

// archivePassword checks data.password as the API document has it.
func archivePassword(body wire.Object) error {
	d, _ := body["data"].(wire.Object)
	password, ok := d["password"].(string)
	if !ok {
		return wire.Invalid("data: password: Missing data for required field.")
	}
	if !strong(password) {
		return wire.Invalid("data: password: Must be 10 or more characters with a mix of upper and lower case letters, numbers and symbols.")
	}
	return nil
}

// strong is the document's rule for passwords of archives: ten characters, with upper and lower
// case, digits and symbols.
func strong(password string) bool {
	has := func(is func(rune) bool) bool { return strings.ContainsFunc(password, is) }
	symbol := func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }
	return len([]rune(password)) >= 10 && has(unicode.IsUpper) && has(unicode.IsLower) && has(unicode.IsDigit) && has(symbol)
}

// upload keeps an archive and writes the activity that names it. The address of the archive holds
// the activity's own id, so the row is completed after it was written: it is the last one, for the
// lock is held. data.downloadUrl has no /web/api/v2.1 in front, as recorded.
func (c *Cabinet) upload(kind int, agent, threat wire.Object, batch string, paths []string, at time.Time) {
	name := wire.Text(agent, "computerName")
	file := name + "_" + at.UTC().Format("2006-01-02_15_04_05") + ".zip"
	what := file
	if kind == world.UploadedThreat {
		what = "a threat file"
	}
	d := wire.Object{"commandBatchUuid": batch, "commandId": 1929937418124016000, "filename": file, "sourceType": "API",
		"uploadedFilename": name + "_" + at.UTC().Format("2006-01-02_15:04:05") + ".zip"}
	if threat != nil {
		d["fileDisplayName"], d["fileContentHash"] = wire.Value(threat, "threatInfo.threatName"), wire.Value(threat, "threatInfo.sha1")
	}
	c.world.Note(world.Event{Kind: kind, At: at, Agent: agent, Threat: threat, Data: d,
		About: "Agent " + name + " (" + wire.Text(agent, "externalIp") + ") successfully uploaded " + what + "."})
	row := c.world.ActivityRows.Rows[len(c.world.ActivityRows.Rows)-1]
	where := "/agents/" + wire.Text(agent, "id") + "/uploads/" + row.Id
	wire.Put(row.Obj, "data.downloadUrl", where)
	wire.Put(row.Obj, "data.filePath", where)
	c.vault.archives[row.Id] = archive{wire.Text(agent, "id"), file, c.pack(paths), at}
	c.vault.latest = append(c.vault.latest, row.Id)
}

// pack makes an archive. The real one is encrypted with the password, so nobody may expect to look
// inside.
func (c *Cabinet) pack(paths []string) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, p := range paths {
		w, err := z.CreateHeader(&zip.FileHeader{Name: p[strings.LastIndexAny(p, `\/`)+1:], Method: zip.Store})
		if err == nil {
			_, _ = fmt.Fprintf(w, "made-up content of %s\n", p)
		}
	}
	_ = z.Close() // a buffer does not fail
	if more := c.vault.size - b.Len(); more > 0 {
		b.Write(make([]byte, more))
	}
	return b.Bytes()
}

// getUpload hands out an archive. Status and words for one that is gone are recorded, but for the
// status: it is inferred from the code. An archive goes after three days or when thirty newer ones
// of its endpoint are there. One of another endpoint is "incorrect", not absent.
func getUpload(c *Cabinet, q *wire.Request) (any, error) {
	id := q.Params["activity"]
	a, ok := c.vault.archives[id]
	if !ok || a.agent != q.Params["agent"] {
		return nil, wire.Invalid("Incorrect activity")
	}
	newer := 0
	for _, other := range c.vault.latest {
		if b := c.vault.archives[other]; b.agent == a.agent && b.at.After(a.at) {
			newer++
		}
	}
	if q.Now.Sub(a.at) > keepFiles || newer >= keepNumber {
		return nil, &wire.Error{Status: http.StatusGone, Title: "Resource not found", Detail: "The requested files do not exist. Fetched files are deleted after 3 days, or earlier if more than 30 files are fetched."}
	}
	return asFile(a.name, a.body), nil
}

// asFile is a download with its name: all that this room hands out are archives.
func asFile(name string, body []byte) wire.Answer {
	return wire.Answer{Status: http.StatusOK, Kind: "application/zip", Body: body, Header: map[string]string{"Content-Disposition": `attachment; filename="` + name + `"`}}
}

// fetchThreatFile takes exactly one threat. One without a file, and one whose endpoint is offline,
// is not affected. The document warns that an empty filter means every threat and in the same
// breath refuses more than one; so an empty filter is served here if there is only one threat.
func fetchThreatFile(c *Cabinet, q *wire.Request) (any, error) {
	body, err := q.Body()
	if err != nil {
		return nil, err
	}
	if err := archivePassword(body); err != nil {
		return nil, err
	}
	rows, err := world.ThreatList(c.world).Chosen(body)
	switch {
	case err != nil:
		return nil, err
	case len(rows) > 1:
		return nil, wire.Invalid("Filter must match exactly one threat. Bulk operations are not supported.")
	case len(rows) == 0:
		return wire.Affected(0), nil
	}
	threat := rows[0].Obj
	agent := c.world.AgentRows.Get(wire.Text(threat, "agentRealtimeInfo.agentId"))
	file := wire.Text(threat, "threatInfo.filePath")
	if agent == nil || !world.Online(agent) || file == "" {
		return wire.Affected(0), nil
	}
	batch := c.world.UUID()
	c.world.NoteThreat(world.SaidFetchThreat, threat, q.Now, true, "The management user "+world.ApiUser+" issued a fetch threat file command for "+
		wire.Text(threat, "threatInfo.threatName")+".", nil)
	c.world.Later(wire.Text(agent, "id"), "files "+batch, q.Now, func(agent wire.Object, at time.Time) {
		c.upload(world.UploadedThreat, agent, threat, batch, []string{file}, at)
	})
	return wire.Affected(1), nil
}

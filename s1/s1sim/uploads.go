package s1sim

import (
	"archive/zip"
	"bytes"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"time"
	"unicode"
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

func uploadRoutes() []route {
	return []route{
		{method: "POST", path: "/agents/{agent}/actions/fetch-files", handle: fetchFiles},
		{method: "GET", path: "/agents/{agent}/uploads/{activity}", handle: getUpload},
		{method: "POST", path: "/threats/fetch-file", handle: fetchThreatFile},
	}
}

// SetUploadSize makes the archives that endpoints upload from now on this large, in bytes; 0 makes them small again.
func (c *Console) SetUploadSize(bytes int) {
	defer c.look()()
	c.vault.size = bytes
}

// fetchFiles queues the order. The answer says nothing else: the batch is in an activity.
func fetchFiles(c *Console, q *request) (any, error) {
	agent := c.agents.get(q.params["agent"])
	if agent == nil {
		return nil, notFound("Agent not found", "The agent with ID "+q.params["agent"]+" is not found.")
	}
	body, err := q.body()
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
	batch, name := c.uuid(), text(agent, "computerName")
	c.note(event{kind: saidFetch, at: q.now, agent: agent, byUser: true, data: object{"commandBatchUuid": batch},
		about: "The management user " + apiUser + " initiated a fetch file command to the agent " + name + " (" + text(agent, "externalIp") + ")."})
	c.later(text(agent, "id"), "files "+batch, q.now, func(agent object, at time.Time) {
		c.upload(uploaded, agent, nil, batch, paths, at)
	})
	return data(object{"success": true}), nil
}

// absolutePath begins with a drive or at the root. Wildcards and regular expressions are not supported.
var absolutePath = regexp.MustCompile(`^([A-Za-z]:[\\/]|[\\/])[^*?]+$`)

func wantedPaths(body object) ([]string, error) {
	d, _ := body["data"].(object)
	list, ok := d["files"].([]any)
	switch {
	case !ok:
		return nil, invalid("data: files: Missing data for required field.")
	case len(list) < 1 || len(list) > maxPaths:
		return nil, invalid("data: files: Length must be between 1 and %d.", maxPaths)
	}
	var paths []string
	for i, v := range list {
		p, ok := v.(string)
		if !ok || !absolutePath.MatchString(p) {
			return nil, invalid("data: files: %d: Not a valid absolute path.", i)
		}
		paths = append(paths, p)
	}
	return paths, nil
}

// archivePassword checks data.password as the API document has it.
func archivePassword(body object) error {
	d, _ := body["data"].(object)
	password, ok := d["password"].(string)
	if !ok {
		return invalid("data: password: Missing data for required field.")
	}
	if !strong(password) {
		return invalid("data: password: Must be 10 or more characters with a mix of upper and lower case letters, numbers and symbols.")
	}
	return nil
}

func strong(password string) bool {
	has := func(is func(rune) bool) bool { return strings.ContainsFunc(password, is) }
	symbol := func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }
	return len([]rune(password)) >= 10 && has(unicode.IsUpper) && has(unicode.IsLower) && has(unicode.IsDigit) && has(symbol)
}

// upload keeps an archive and writes the activity that names it.
func (c *Console) upload(kind int, agent, threat object, batch string, paths []string, at time.Time) {
	name := text(agent, "computerName")
	file := name + "_" + at.UTC().Format("2006-01-02_15_04_05") + ".zip"
	what := file
	if kind == uploadedThreat {
		what = "a threat file"
	}
	d := object{"commandBatchUuid": batch, "commandId": 1929937418124016000, "filename": file, "sourceType": "API",
		"uploadedFilename": name + "_" + at.UTC().Format("2006-01-02_15:04:05") + ".zip"}
	if threat != nil {
		d["fileDisplayName"], d["fileContentHash"] = value(threat, "threatInfo.threatName"), value(threat, "threatInfo.sha1")
	}
	c.note(event{kind: kind, at: at, agent: agent, threat: threat, data: d,
		about: "Agent " + name + " (" + text(agent, "externalIp") + ") successfully uploaded " + what + "."})
	row := c.activities.rows[len(c.activities.rows)-1]
	where := "/agents/" + text(agent, "id") + "/uploads/" + row.id
	put(row.obj, "data.downloadUrl", where)
	put(row.obj, "data.filePath", where)
	c.vault.archives[row.id] = archive{text(agent, "id"), file, c.pack(paths), at}
	c.vault.latest = append(c.vault.latest, row.id)
}

// pack makes an archive. The real one is encrypted with the password, so nobody may expect to look inside.
func (c *Console) pack(paths []string) []byte {
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

// getUpload hands out an archive. Status and words for one that is gone are recorded, but for the status: it is inferred from
// the code.
func getUpload(c *Console, q *request) (any, error) {
	id := q.params["activity"]
	a, ok := c.vault.archives[id]
	if !ok || a.agent != q.params["agent"] {
		return nil, invalid("Incorrect activity")
	}
	newer := 0
	for _, other := range c.vault.latest {
		if b := c.vault.archives[other]; b.agent == a.agent && b.at.After(a.at) {
			newer++
		}
	}
	if q.now.Sub(a.at) > keepFiles || newer >= keepNumber {
		return nil, &apiError{http.StatusGone, "Resource not found", "The requested files do not exist. Fetched files are deleted after 3 days, or earlier if more than 30 files are fetched."}
	}
	return asFile(a.name, a.body), nil
}

func asFile(name string, body []byte) answer {
	return answer{http.StatusOK, "application/zip", body, map[string]string{"Content-Disposition": `attachment; filename="` + name + `"`}}
}

// fetchThreatFile takes exactly one threat. One without a file, and one whose endpoint is offline, is not affected.
func fetchThreatFile(c *Console, q *request) (any, error) {
	body, err := q.body()
	if err != nil {
		return nil, err
	}
	if err := archivePassword(body); err != nil {
		return nil, err
	}
	rows, err := threatList().chosen(c, body)
	switch {
	case err != nil:
		return nil, err
	case len(rows) > 1:
		return nil, invalid("Filter must match exactly one threat. Bulk operations are not supported.")
	case len(rows) == 0:
		return affected(0), nil
	}
	threat := rows[0].obj
	agent := c.agents.get(text(threat, "agentRealtimeInfo.agentId"))
	file := text(threat, "threatInfo.filePath")
	if agent == nil || !online(agent) || file == "" {
		return affected(0), nil
	}
	batch := c.uuid()
	c.noteThreat(saidFetchThreat, threat, q.now, true, "The management user "+apiUser+" issued a fetch threat file command for "+
		text(threat, "threatInfo.threatName")+".", nil)
	c.later(text(agent, "id"), "files "+batch, q.now, func(agent object, at time.Time) {
		c.upload(uploadedThreat, agent, threat, batch, []string{file}, at)
	})
	return affected(1), nil
}

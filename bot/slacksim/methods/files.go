package methods

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"path/filepath"
	"strconv"
	"time"

	"s1bot/bot/slacksim/state"
	"s1bot/bot/slacksim/webapi"
	"s1bot/bot/slacksim/wire"
)

// maxUpload bounds what the simulator keeps of one file; Slack takes up to 1 GB.
const maxUpload = 512 << 20

// A fileAPI has the methods about files, and takes and hands out what is in them.
//
// An upload takes three steps, and the simulator is strict about each: a file that was not uploaded
// can't be completed, one that was completed is shared once, and a length that was announced must
// come. Left out: the delay of Slack's scan for malware, after which a share shows up.
type fileAPI struct{ st *state.State }

// uploadURL is files.getUploadURLExternal [docs.slack.dev/messaging/working-with-files].
func (ws *fileAPI) uploadURL(a webapi.Args) (webapi.Reply, error) {
	length, err := strconv.Atoi(a.Str("length"))
	switch {
	case a.Str("filename") == "":
		return nil, webapi.Refuse("invalid_arguments", "[ERROR] missing required field: filename")
	case err != nil:
		return nil, webapi.Refuse("invalid_arguments", "[ERROR] must provide an integer [json-pointer:/length]")
	case length < 1: // Slack's words, seen in the wild
		return nil, webapi.Refuse("invalid_arguments", "[ERROR] must be greater than 1 [json-pointer:/length]")
	case length > maxUpload:
		return nil, webapi.Refuse("file_upload_size_restricted")
	}
	f := &state.File{ID: ws.st.NextID("F"), Name: a.Str("filename"), Size: length}
	f.MIMEType = cmp.Or(mime.TypeByExtension(filepath.Ext(f.Name)), "application/octet-stream")
	ws.st.Files[f.ID] = f
	return webapi.Reply{"upload_url": ws.st.Base + "/upload/v1/" + f.ID, "file_id": f.ID}, nil
}

// ServeUpload takes the bytes, once: as the whole body, or as a part of a multipart form.
//
// An upload address is good once; a second try needs another one, which is why an upload that broke
// cannot simply be sent again.
func (ws *fileAPI) ServeUpload(w http.ResponseWriter, r *http.Request) {
	id, start := r.PathValue("id"), time.Now()
	ws.st.Mu.Lock()
	fault := ws.st.Faults.Take("upload", map[string]string{"file": id})
	ws.st.Mu.Unlock()
	if fault != nil && !fault.After {
		fault.Play(r.Context(), ws.st.Quit, w)
		return
	}
	data, err := readUpload(r)
	ws.st.Mu.Lock()
	status, answer := ws.storeUpload(id, data, err)
	ws.st.Mu.Unlock()
	if fault != nil { // the bytes are there, and the answer is lost
		fault.Play(r.Context(), ws.st.Quit, w)
		return
	}
	ws.st.Mu.Lock()
	defer ws.st.Mu.Unlock()
	ws.st.Record.AddCall(state.Call{Method: "upload", Args: map[string]string{"file": id, "bytes": strconv.Itoa(len(data))}, Time: ws.st.Opts.Now(),
		Duration: time.Since(start), Status: status})
	w.WriteHeader(status)
	_, _ = io.WriteString(w, answer)
}

// storeUpload keeps what came for an upload address, once.
func (ws *fileAPI) storeUpload(id string, data []byte, readErr error) (status int, answer string) {
	f := ws.st.Files[id]
	switch {
	case readErr != nil:
		return http.StatusBadRequest, readErr.Error()
	case f == nil || f.Content != nil:
		return http.StatusNotFound, "no such upload"
	case len(data) != f.Size:
		ws.st.Violate("upload of %s: %d bytes were announced and %d came", f.Name, f.Size, len(data))
		return http.StatusBadRequest, "length does not match"
	}
	f.Content = data
	return http.StatusOK, fmt.Sprintf("OK - %d", len(data))
}

// readUpload takes both forms that Slack's documentation shows: the bytes as the body, or as a part
// of a form.
func readUpload(r *http.Request) ([]byte, error) {
	parts, err := r.MultipartReader()
	if errors.Is(err, http.ErrNotMultipart) {
		return readBounded(r.Body)
	}
	if err != nil {
		return nil, fmt.Errorf("read the upload: %w", err)
	}
	for {
		part, err := parts.NextPart()
		if err != nil {
			return nil, fmt.Errorf("find the file in the upload: %w", err)
		}
		if part.FileName() != "" {
			return readBounded(part)
		}
	}
}

// readBounded reads a file up to what the simulator keeps.
func readBounded(r io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxUpload+1))
	if err != nil {
		return nil, fmt.Errorf("read the upload: %w", err)
	}
	if len(data) > maxUpload {
		return nil, errors.New("file too large")
	}
	return bytes.Clone(data), nil
}

// completeUpload is files.completeUploadExternal: it shares the files, where the bot is a member.
//
// Every target is judged before anything is shared, so that a refusal leaves nothing half done.
func (ws *fileAPI) completeUpload(a webapi.Args) (webapi.Reply, error) {
	files, err := ws.uploaded(a)
	if err != nil {
		return nil, err
	}
	targets := a.List("channels")
	if id := a.Str("channel_id"); id != "" {
		targets = append(targets, id)
	}
	in := state.Content{Text: a.Str("initial_comment"), ThreadTS: a.Str("thread_ts")}
	if err := ReadBlocks(a, &in); err != nil {
		return nil, err
	}
	channels := []*state.Conversation{}
	for _, id := range targets {
		c, err := ws.fileTarget(id, &in)
		if err != nil {
			return nil, err
		}
		channels = append(channels, c)
	}
	for _, f := range files {
		f.Shared = true
		in.Files = append(in.Files, *f)
	}
	for _, c := range channels {
		m := ws.st.Post(c, ws.st.Bot(), in)
		for _, f := range files {
			f.Shares = append(f.Shares, state.Share{Channel: c, Message: m})
		}
	}
	return webapi.Reply{"files": ws.st.FileObjects(in.Files)}, nil
}

// uploaded are the files that a completion names. Nothing is shared where one of them is not there.
func (ws *fileAPI) uploaded(a webapi.Args) ([]*state.File, error) {
	var given []map[string]any
	if raw := a.JSON("files"); raw == nil || wire.Decode(raw, &given) != nil || len(given) == 0 {
		return nil, webapi.Refuse("invalid_arguments", "[ERROR] must provide an array [json-pointer:/files]")
	}
	files := []*state.File{}
	for _, g := range given {
		f := ws.st.Files[wire.Text(g["id"])]
		if f == nil || f.Content == nil || f.Shared {
			return nil, webapi.Refuse("file_not_found")
		}
		f.Title = cmp.Or(wire.Text(g["title"]), f.Name)
		files = append(files, f)
	}
	return files, nil
}

// fileTarget: unlike a text, a file needs the bot in the channel, whatever chat:write.public says.
func (ws *fileAPI) fileTarget(id string, in *state.Content) (*state.Conversation, error) {
	c, ok := ws.st.Channels.ByID[id] // "channel_id": neither names nor user ids (slackapi/bolt-js#2115)
	switch {
	case !ok || !ws.st.SeenByBot(c):
		return nil, webapi.Refuse("channel_not_found")
	case c.Dm != nil && !ws.st.App.MessagesTab:
		return nil, webapi.Refuse("messages_tab_disabled")
	case c.Archived:
		return nil, webapi.Refuse("is_archived")
	case !c.Has(ws.st.Bot()):
		return nil, webapi.Refuse("not_in_channel")
	}
	return c, CheckThread(in, c)
}

// fileInfo is files.info [docs.slack.dev/reference/methods/files.info]: a file that was not
// completed is not found. Where it is shared stands in it twice, as lists of ids and with the
// messages (shares); a bot that lost the answer to a completion looks here.
func (ws *fileAPI) fileInfo(a webapi.Args) (webapi.Reply, error) {
	f := ws.st.Files[a.Str("file")]
	if f == nil || !f.Shared {
		return nil, webapi.Refuse("file_not_found")
	}
	o, _ := ws.st.FileObjects([]state.File{*f})[0].(webapi.Reply)
	public, private, in := webapi.Reply{}, webapi.Reply{}, map[string][]string{"channels": {}, "groups": {}, "ims": {}}
	for _, s := range f.Shares {
		to, list := public, "channels"
		if s.Channel.Dm != nil || s.Channel.Private {
			to, list = private, map[bool]string{true: "ims", false: "groups"}[s.Channel.Dm != nil]
		}
		in[list] = append(in[list], s.Channel.ID)
		to[s.Channel.ID] = []any{webapi.Reply{"ts": s.Message.TS, "thread_ts": s.Message.ThreadTS, "channel_name": s.Channel.WireName(), "team_id": ws.st.Opts.TeamID}}
	}
	o["channels"], o["groups"], o["ims"], o["shares"] = in["channels"], in["groups"], in["ims"], webapi.Reply{"public": public, "private": private}
	return webapi.Reply{"file": o, "comments": []any{}, "paging": webapi.Reply{"count": 100, "total": 0, "page": 1, "pages": 0}}, nil
}

// ServePrivateFile is url_private: for whoever has the bot's token and files:read.
func (ws *fileAPI) ServePrivateFile(w http.ResponseWriter, r *http.Request) {
	ws.st.Mu.Lock()
	f := ws.st.Files[r.PathValue("id")]
	allowed := r.Header.Get("Authorization") == "Bearer "+ws.st.Opts.BotToken && ws.st.HasScope("files:read")
	ws.st.Mu.Unlock()
	switch {
	case !allowed:
		http.Error(w, "sign in", http.StatusForbidden)
	case f == nil || f.Content == nil:
		http.NotFound(w, r)
	default:
		SendFile(w, f)
	}
}

// SendFile never lets a browser take an uploaded file for a page of its own.
func SendFile(w http.ResponseWriter, f *state.File) {
	w.Header().Set("Content-Type", f.MIMEType)
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": f.Name}))
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; sandbox")
	_, _ = w.Write(f.Content)
}

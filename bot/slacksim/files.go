package slacksim

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

	"s1bot/bot/slacksim/webapi"
	"s1bot/bot/slacksim/wire"
)

// A File is a file that was uploaded, or is about to be.
type File struct {
	ID       string
	Name     string
	Title    string
	Size     int // as announced
	MIMEType string
	Content  []byte // nil until it was uploaded

	shared bool
	shares []share
}

// A share is where a file stands.
type share struct {
	channel *channel
	message *Message
}

// maxUpload bounds what the simulator keeps of one file; Slack takes up to 1 GB.
const maxUpload = 512 << 20

// A fileAPI has the methods about files, and takes and hands out what is in them.
type fileAPI struct{ st *state }

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
	f := &File{ID: ws.st.newID("F"), Name: a.Str("filename"), Size: length}
	f.MIMEType = cmp.Or(mime.TypeByExtension(filepath.Ext(f.Name)), "application/octet-stream")
	ws.st.files[f.ID] = f
	return webapi.Reply{"upload_url": ws.st.base + "/upload/v1/" + f.ID, "file_id": f.ID}, nil
}

// serveUpload takes the bytes, once: as the whole body, or as a part of a multipart form.
func (ws *fileAPI) serveUpload(w http.ResponseWriter, r *http.Request) {
	id, start := r.PathValue("id"), time.Now()
	ws.st.mu.Lock()
	fault := ws.st.faults.Take("upload", map[string]string{"file": id})
	ws.st.mu.Unlock()
	if fault != nil && !fault.After {
		fault.Play(r.Context(), ws.st.quit, w)
		return
	}
	data, err := readUpload(r)
	ws.st.mu.Lock()
	status, answer := ws.storeUpload(id, data, err)
	ws.st.mu.Unlock()
	if fault != nil { // the bytes are there, and the answer is lost
		fault.Play(r.Context(), ws.st.quit, w)
		return
	}
	ws.st.mu.Lock()
	defer ws.st.mu.Unlock()
	ws.st.record.addCall(Call{Method: "upload", Args: map[string]string{"file": id, "bytes": strconv.Itoa(len(data))}, Time: ws.st.opts.Now(),
		Duration: time.Since(start), Status: status})
	w.WriteHeader(status)
	_, _ = io.WriteString(w, answer)
}

func (ws *fileAPI) storeUpload(id string, data []byte, readErr error) (status int, answer string) {
	f := ws.st.files[id]
	switch {
	case readErr != nil:
		return http.StatusBadRequest, readErr.Error()
	case f == nil || f.Content != nil:
		return http.StatusNotFound, "no such upload"
	case len(data) != f.Size:
		ws.st.violate("upload of %s: %d bytes were announced and %d came", f.Name, f.Size, len(data))
		return http.StatusBadRequest, "length does not match"
	}
	f.Content = data
	return http.StatusOK, fmt.Sprintf("OK - %d", len(data))
}

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
func (ws *fileAPI) completeUpload(a webapi.Args) (webapi.Reply, error) {
	files, err := ws.uploaded(a)
	if err != nil {
		return nil, err
	}
	targets := a.List("channels")
	if id := a.Str("channel_id"); id != "" {
		targets = append(targets, id)
	}
	in := content{text: a.Str("initial_comment"), threadTS: a.Str("thread_ts")}
	if err := readBlocks(a, &in); err != nil {
		return nil, err
	}
	channels := []*channel{}
	for _, id := range targets {
		c, err := ws.fileTarget(id, &in)
		if err != nil {
			return nil, err
		}
		channels = append(channels, c)
	}
	for _, f := range files {
		f.shared = true
		in.files = append(in.files, *f)
	}
	for _, c := range channels {
		m := ws.st.post(c, ws.st.bot(), in)
		for _, f := range files {
			f.shares = append(f.shares, share{c, m})
		}
	}
	return webapi.Reply{"files": ws.st.fileObjects(in.files)}, nil
}

func (ws *fileAPI) uploaded(a webapi.Args) ([]*File, error) {
	var given []map[string]any
	if raw := a.JSON("files"); raw == nil || wire.Decode(raw, &given) != nil || len(given) == 0 {
		return nil, webapi.Refuse("invalid_arguments", "[ERROR] must provide an array [json-pointer:/files]")
	}
	files := []*File{}
	for _, g := range given {
		f := ws.st.files[wire.Text(g["id"])]
		if f == nil || f.Content == nil || f.shared {
			return nil, webapi.Refuse("file_not_found")
		}
		f.Title = cmp.Or(wire.Text(g["title"]), f.Name)
		files = append(files, f)
	}
	return files, nil
}

// fileTarget: unlike a text, a file needs the bot in the channel, whatever chat:write.public says.
func (ws *fileAPI) fileTarget(id string, in *content) (*channel, error) {
	c, ok := ws.st.channels.ByID[id] // "channel_id": neither names nor user ids (slackapi/bolt-js#2115)
	switch {
	case !ok || !ws.st.seenByBot(c):
		return nil, webapi.Refuse("channel_not_found")
	case c.dm != nil && !ws.st.app.messagesTab:
		return nil, webapi.Refuse("messages_tab_disabled")
	case c.Archived:
		return nil, webapi.Refuse("is_archived")
	case !c.has(ws.st.bot()):
		return nil, webapi.Refuse("not_in_channel")
	}
	return c, checkThread(in, c)
}

func (ws *conversations) fileObjects(files []File) []any {
	objects := []any{}
	for _, f := range files {
		objects = append(objects, webapi.Reply{"id": f.ID, "name": f.Name, "title": f.Title, "mimetype": f.MIMEType, "size": f.Size, "mode": "hosted",
			"user": ws.bot().ID, "url_private": ws.base + "/files-pri/" + f.ID + "/" + f.Name, "is_external": false})
	}
	return objects
}

// fileInfo is files.info [docs.slack.dev/reference/methods/files.info]: a file that was not completed is not found.
func (ws *fileAPI) fileInfo(a webapi.Args) (webapi.Reply, error) {
	f := ws.st.files[a.Str("file")]
	if f == nil || !f.shared {
		return nil, webapi.Refuse("file_not_found")
	}
	o, _ := ws.st.fileObjects([]File{*f})[0].(webapi.Reply)
	public, private, in := webapi.Reply{}, webapi.Reply{}, map[string][]string{"channels": {}, "groups": {}, "ims": {}}
	for _, s := range f.shares {
		to, list := public, "channels"
		if s.channel.dm != nil || s.channel.Private {
			to, list = private, map[bool]string{true: "ims", false: "groups"}[s.channel.dm != nil]
		}
		in[list] = append(in[list], s.channel.ID)
		to[s.channel.ID] = []any{webapi.Reply{"ts": s.message.TS, "thread_ts": s.message.ThreadTS, "channel_name": s.channel.wireName(), "team_id": ws.st.opts.TeamID}}
	}
	o["channels"], o["groups"], o["ims"], o["shares"] = in["channels"], in["groups"], in["ims"], webapi.Reply{"public": public, "private": private}
	return webapi.Reply{"file": o, "comments": []any{}, "paging": webapi.Reply{"count": 100, "total": 0, "page": 1, "pages": 0}}, nil
}

// servePrivateFile is url_private: for whoever has the bot's token and files:read.
func (ws *fileAPI) servePrivateFile(w http.ResponseWriter, r *http.Request) {
	ws.st.mu.Lock()
	f := ws.st.files[r.PathValue("id")]
	allowed := r.Header.Get("Authorization") == "Bearer "+ws.st.opts.BotToken && ws.st.hasScope("files:read")
	ws.st.mu.Unlock()
	switch {
	case !allowed:
		http.Error(w, "sign in", http.StatusForbidden)
	case f == nil || f.Content == nil:
		http.NotFound(w, r)
	default:
		sendFile(w, f)
	}
}

// sendFile never lets a browser take an uploaded file for a page of its own.
func sendFile(w http.ResponseWriter, f *File) {
	w.Header().Set("Content-Type", f.MIMEType)
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": f.Name}))
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; sandbox")
	_, _ = w.Write(f.Content)
}

package s1

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"s1bot/s1/changes"
	"s1bot/s1/pages"
	"s1bot/s1/transport"
)

// What the console takes when it asks an endpoint for files, from the vendor's API document.
const (
	MaxFiles    = 10 // paths in one call
	MinPassword = 10 // characters of an archive's password
)

// The types of activities that tell of files.
const (
	ActivityUploaded       = 80 // an endpoint uploaded the archive that it was asked for
	ActivityAsked          = 81 // somebody asked an endpoint for files
	ActivityThreatUploaded = 86 // an endpoint uploaded the file of a threat
)

// CheckPassword tells what an archive's password lacks: 10 or more characters, of upper and lower
// case, digits and symbols. The console's words say mix, its document counts the classes.
func CheckPassword(password Secret) error {
	var upper, lower, digit, symbol bool
	for _, r := range password.Reveal() {
		switch {
		case unicode.IsUpper(r):
			upper = true
		case unicode.IsLower(r):
			lower = true
		case unicode.IsDigit(r):
			digit = true
		case unicode.IsPunct(r), unicode.IsSymbol(r):
			symbol = true
		}
	}
	n := utf8.RuneCountInString(password.Reveal())
	if n < MinPassword || !upper || !lower || !digit || !symbol {
		return fmt.Errorf("a password needs at least %d characters, including upper and lower case letters, numbers and symbols", MinPassword)
	}
	return nil
}

// FetchFiles asks an endpoint to upload files as an archive with this password. The console only
// says that it took the order: the batch stands in an activity of type ActivityAsked, and the
// archive is there when one of type ActivityUploaded names that batch. All files together may have
// 10 MB. Hides keeps the password out of logs and errors, should the console repeat it.
func (c *Client) FetchFiles(ctx context.Context, agent AgentID, paths []string, password Secret) error {
	call := transport.Call{
		Operation: "fetch files", Method: http.MethodPost, Route: "agents/{id}/actions/fetch-files", IDs: []string{string(agent)},
		Permission: "Endpoints.fileFetch", Hides: []Secret{password},
	}
	if !agent.Valid() {
		return transport.Refusal(call.Operation, ErrInvalidID)
	}
	if len(paths) == 0 || len(paths) > MaxFiles {
		return transport.Invalid(call.Operation, "1 to %d paths, not %d", MaxFiles, len(paths))
	}
	call.Body = map[string]any{"data": map[string]any{"files": paths, "password": password.Reveal()}}
	answer, err := transport.Get[struct {
		Success *bool `json:"success"`
	}](ctx, c.t, call)
	if err != nil {
		return err
	}
	if answer.Success != nil && !*answer.Success {
		return &Error{Operation: call.Operation, Status: http.StatusOK, Message: "The console didn't accept the request (success: false)."}
	}
	return nil
}

// FetchThreatFile asks the endpoint of a threat to upload its file as an archive with this
// password, and returns how many threats that affects: 0 where there is no file to be had. The
// console takes one threat in a call. More than one is a 400 ("Bulk operations are not supported").
func (c *Client) FetchThreatFile(ctx context.Context, threat ThreatID, password Secret) (int, error) {
	call := transport.Call{
		Operation: "fetch threat file", Method: http.MethodPost, Route: "threats/fetch-file", Permission: "Threats.fetchThreatFile", Hides: []Secret{password},
	}
	result, err := changes.ByID(ctx, c.t, call, []ThreatID{threat}, map[string]string{"password": password.Reveal()})
	return result.Affected, err
}

// An Upload is an activity that tells of files: that somebody asked for them, or that an endpoint uploaded them.
type Upload struct {
	Row
	ID        ActivityID `json:"id"`
	Type      int        `json:"activityType"`
	AgentID   AgentID    `json:"agentId"`
	ThreatID  ThreatID   `json:"threatId"`
	CreatedAt Time       `json:"createdAt"`
	Data      UploadData `json:"data"`
}

// UploadData is what an Upload says of its archive.
type UploadData struct {
	Batch        string `json:"commandBatchUuid"`
	FileName     string `json:"filename"`
	DisplayName  string `json:"fileDisplayName"` // of a threat's file
	ContentHash  string `json:"fileContentHash"`
	ComputerName string `json:"computerName"`
	DownloadURL  Secret `json:"downloadUrl"` // a path below the API's
	FilePath     string `json:"filePath"`    // the same
}

// Name is the name of the archive, without a path; made of the activity's id where the console gives none.
func (u Upload) Name() string {
	if name := transport.BaseName(u.Data.FileName); name != "" {
		return name
	}
	return "upload-" + string(u.ID) + ".zip"
}

var uploadPath = regexp.MustCompile(`^/agents/(\d{1,20})/uploads/(\d{1,20})$`)

// place returns the ids in the upload's address. The console says the address outright; anything
// that does not look as it should is left alone, and the ids of the activity mean the same. The
// pattern keeps an address that somebody else could have written from leading anywhere else with
// the token.
func (u Upload) place() []string {
	for _, path := range []string{u.Data.DownloadURL.Reveal(), u.Data.FilePath} {
		if m := uploadPath.FindStringSubmatch(path); m != nil {
			return m[1:]
		}
	}
	return []string{string(u.AgentID), string(u.ID)}
}

// Uploads goes through the activities about files that match q, page by page; q names the types.
func (c *Client) Uploads(ctx context.Context, q Query) iter.Seq2[Upload, error] {
	l := pages.List[Upload]{Client: c.t, Call: transport.Call{Operation: "list uploads", Method: http.MethodGet, Route: "activities", Permission: "Activity Page.view"}}
	return l.All(ctx, q)
}

// DownloadUpload reads the archive of an upload, at most MaxFile, into the place that keep makes.
// ErrGone says that the console no longer keeps it. Files are kept for three days, thirty of an
// endpoint.
func (c *Client) DownloadUpload(ctx context.Context, u Upload, keep Keep) (Download, error) {
	call := transport.Call{Operation: "download files", Route: "agents/{id}/uploads/{id}", IDs: u.place(), Permission: "Endpoints.view and Endpoints.fileFetch"}
	for _, id := range call.IDs {
		if !ValidID(id) {
			return Download{}, transport.Refusal(call.Operation, ErrInvalidID)
		}
	}
	file, err := c.t.Download(ctx, call, keep)
	if errors.Is(err, ErrTooLarge) {
		return file, tooLarge(call.Operation, err)
	}
	if file.Name == "" {
		file.Name = u.Name()
	}
	return file, err
}

// tooLarge words ErrTooLarge for people.
func tooLarge(operation string, err error) *Error {
	return &Error{Operation: operation, Message: fmt.Sprintf("The file is larger than %d MB.", MaxFile>>20), Err: err}
}

// Absolute tells whether a path names one file for certain: with a drive or from the root, without wildcards.
func Absolute(path string) bool {
	return absolute.MatchString(path) && !strings.ContainsAny(path, "*?\n\r")
}

var absolute = regexp.MustCompile(`^([A-Za-z]:[\\/]|[\\/]).+`)

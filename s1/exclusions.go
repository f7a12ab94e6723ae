package s1

import (
	"context"
	"encoding/json"
	"iter"
	"net/http"

	"s1bot/s1/changes"
	"s1bot/s1/pages"
	"s1bot/s1/transport"
	"s1bot/s1/wire"
)

// An Exclusion is something that agents do not look at, or do not act on. What it excludes from is
// in Mode; which agents, in Scope.
type Exclusion struct {
	Row
	ID                ExclusionID       `json:"id"`
	Type              ExclusionType     `json:"type"`
	Value             string            `json:"value"`
	OSType            OSType            `json:"osType"`
	Mode              ExclusionMode     `json:"mode"`
	PathExclusionType PathExclusionType `json:"pathExclusionType"`
	Description       string            `json:"description"`
	Source            string            `json:"source"`
	Scope             Scope             `json:"scope"`
	ScopeName         string            `json:"scopeName"`
	ScopePath         string            `json:"scopePath"` // "Global\Example\Default site"
	NotRecommended    string            `json:"notRecommended"`
	UnifiedName       string            `json:"exclusionName"` // and what follows: of unified exclusions, see asExclusion
	ModeType          string            `json:"modeType"`
	Engines           json.RawMessage   `json:"engines"` // text in recorded rows, a list in the document
	InteractionLevel  string            `json:"interactionLevel"`
	ChildProcess      bool              `json:"childProcess"`
	Reason            string            `json:"reason"`
	ApplicationName   string            `json:"applicationName"`
	UserName          string            `json:"userName"`
	CreatedAt         Time              `json:"createdAt"`
	UpdatedAt         Time              `json:"updatedAt"`
}

// RowKey is what the row is known again by, whatever else it says.
func (e Exclusion) RowKey() string { return string(e.ID) }

// ExclusionType says what an exclusion's value is. A hash that is excluded is allowed to run.
type ExclusionType string

// The types.
const (
	ExcludePath        ExclusionType = "path"
	ExcludeHash        ExclusionType = "white_hash"
	ExcludeCertificate ExclusionType = "certificate"
	ExcludeFileType    ExclusionType = "file_type"
	ExcludeBrowser     ExclusionType = "browser"
)

// Choices lists the types.
func (ExclusionType) Choices() []Choice {
	return []Choice{{Value: "path", Label: "Path"}, {Value: "white_hash", Label: "Hash"}, {Value: "certificate", Label: "Certificate"}, {Value: "file_type", Label: "File Type"}, {Value: "browser", Label: "Browser"}}
}

// Label is the type as people read it.
func (t ExclusionType) Label() string { return wire.Label(t) }

// UnmarshalText understands every spelling of the console's and keeps unknown ones.
func (t *ExclusionType) UnmarshalText(text []byte) error { return wire.Lenient(t, text) }

// ExclusionMode is how far agents leave a path alone.
type ExclusionMode string

// Choices lists the modes. The words for the first five are those of the console's pages; which goes with which value of the
// wire is inferred.
func (ExclusionMode) Choices() []Choice {
	return []Choice{
		{Value: "suppress", Label: "Suppress Alerts"}, {Value: "disable_in_process_monitor", Label: "Interoperability"}, {Value: "disable_in_process_monitor_deep", Label: "Interoperability Extended"},
		{Value: "disable_all_monitors", Label: "Performance Focus"}, {Value: "disable_all_monitors_deep", Label: "Performance Focus Extended"},
		{Value: "suppress_dynamic_only", Label: "Suppress Dynamic Only"}, {Value: "suppress_dfi_only", Label: "Suppress DFI Only"},
		{Value: "suppress_app_control", Label: "Suppress App Control"}, {Value: "suppress_drift_detection", Label: "Suppress Drift Detection"},
	}
}

// Label is the mode as people read it.
func (m ExclusionMode) Label() string { return wire.Label(m) }

// UnmarshalText understands every spelling of the console's and keeps unknown ones.
func (m *ExclusionMode) UnmarshalText(text []byte) error { return wire.Lenient(m, text) }

// PathExclusionType says how much below a path is excluded.
type PathExclusionType string

// The types, narrowest first.
const (
	PathFile       PathExclusionType = "file"
	PathFolder     PathExclusionType = "folder"
	PathSubfolders PathExclusionType = "subfolders"
)

// Choices lists the types, narrowest first.
func (PathExclusionType) Choices() []Choice {
	return []Choice{{Value: "file", Label: "File"}, {Value: "folder", Label: "Folder"}, {Value: "subfolders", Label: "Subfolders"}}
}

// Label is the type as people read it.
func (t PathExclusionType) Label() string { return wire.Label(t) }

// UnmarshalText understands every spelling of the console's and keeps unknown ones.
func (t *PathExclusionType) UnmarshalText(text []byte) error { return wire.Lenient(t, text) }

// ExclusionSettings are what makes an exclusion, and all that a change of it sets.
type ExclusionSettings struct {
	Type              ExclusionType     `json:"type"`
	Value             string            `json:"value"`
	OSType            OSType            `json:"osType"`
	Mode              ExclusionMode     `json:"mode,omitempty"`
	PathExclusionType PathExclusionType `json:"pathExclusionType,omitempty"`
	Description       string            `json:"description,omitempty"`
}

// Settings are what a change of the exclusion sets, as it is now.
func (e Exclusion) Settings() ExclusionSettings {
	return ExclusionSettings{e.Type, e.Value, e.OSType, e.Mode, e.PathExclusionType, e.Description}
}

func (c *Client) exclusions() pages.List[Exclusion] {
	return pages.List[Exclusion]{Client: c.t, Call: transport.Call{Operation: "list exclusions", Method: http.MethodGet, Route: "exclusions", Permission: "Exclusions.view"}}
}

// ExclusionsPage returns one page of the exclusions that match q; see Query.Everywhere for which scopes are meant.
func (c *Client) ExclusionsPage(ctx context.Context, q Query) (Page[Exclusion], error) {
	page, err := c.exclusions().Page(ctx, q)
	if IsRetired(err) {
		page, err = c.unifiedExclusions().Page(ctx, unifiedQuery(q))
		page.Items, err = asExclusions(page.Items, err)
	}
	return page, err
}

// Exclusions goes through all exclusions that match q, page by page.
func (c *Client) Exclusions(ctx context.Context, q Query) iter.Seq2[Exclusion, error] {
	return c.exclusionsOrUnified(ctx, q)
}

// ExclusionsByID returns the exclusions with the given ids; ids that the console does not know are missing from the result.
func (c *Client) ExclusionsByID(ctx context.Context, ids []ExclusionID) ([]Exclusion, error) {
	wanted, err := wire.Selection(ids)
	if err != nil {
		return nil, transport.Refusal("list exclusions", err)
	}
	byID := func(item Exclusion) string { return string(item.ID) }
	found, err := pages.RowsByID(ctx, c.exclusions(), "ids", wanted, Query{}.Everywhere(), byID)
	if IsRetired(err) {
		return asExclusions(pages.RowsByID(ctx, c.unifiedExclusions(), "ids", wanted, Query{}.Everywhere(), byID))
	}
	return found, err
}

// CreateExclusion makes an exclusion in a scope; where the scope names several places the console
// may make several. The console answers with a list of what it made, one row for each place.
func (c *Client) CreateExclusion(ctx context.Context, in Scope, settings ExclusionSettings) ([]Exclusion, error) {
	call := transport.Call{Operation: "create exclusion", Method: http.MethodPost, Route: "exclusions", Permission: "Exclusions.create"}
	if err := in.check(); err != nil {
		return nil, transport.Refusal(call.Operation, err)
	}
	call.Body = struct {
		Data struct {
			ExclusionSettings
			Source string `json:"source"`
		} `json:"data"`
		Filter Scope `json:"filter"`
	}{Filter: in, Data: struct {
		ExclusionSettings
		Source string `json:"source"`
	}{settings, "user"}}
	made, err := pages.Made[Exclusion](ctx, c.t, call)
	if IsRetired(err) {
		return c.createUnified(ctx, in, settings)
	}
	return made, err
}

// UpdateExclusion replaces the settings of an exclusion and returns it as it is afterwards. PUT
// goes to the collection, with the id in the body; a setting that is left out is emptied.
func (c *Client) UpdateExclusion(ctx context.Context, id ExclusionID, settings ExclusionSettings) (Exclusion, error) {
	call := transport.Call{Operation: "update exclusion", Method: http.MethodPut, Route: "exclusions", Permission: "Exclusions.edit"}
	if !id.Valid() {
		return Exclusion{}, transport.Refusal(call.Operation, ErrInvalidID)
	}
	call.Body = map[string]any{"data": struct {
		ID ExclusionID `json:"id"`
		ExclusionSettings
	}{id, settings}}
	changed, err := pages.Made[Exclusion](ctx, c.t, call)
	if IsRetired(err) {
		return c.updateUnified(ctx, id, settings)
	}
	if err != nil || len(changed) == 0 {
		return Exclusion{}, err
	}
	return changed[0], nil
}

// DeleteExclusions deletes exclusions. They may be of several types; the console is told the type
// where it is one. At most 5000 ids in a call; with a type, ids of another one are not deleted.
func (c *Client) DeleteExclusions(ctx context.Context, ids []ExclusionID, of ExclusionType) (ActionResult, error) {
	done, err := changes.Delete(ctx, c.t, transport.Call{Operation: "delete exclusions", Route: "exclusions", Permission: "Exclusions.delete"}, ids, string(of))
	if IsRetired(err) {
		return c.deleteUnified(ctx, ids)
	}
	return done, err
}

package rendertest

// table checks one: one a message, 100 rows of equal length, 20 columns, 10,000 characters.
//
// A cell is text or rich text and nothing else; a number is text there.
func (c *checker) table(b map[string]any) {
	if c.tables++; c.tables > 1 {
		c.bad("second table")
	}
	rows := List(b["rows"])
	if len(rows) < 1 || len(rows) > 100 || len(List(b["column_settings"])) > 20 {
		c.bad("table of %d rows, %d settings", len(rows), len(List(b["column_settings"])))
	}
	before := c.texts
	for _, row := range rows {
		cells := List(row)
		if len(cells) < 1 || len(cells) > 20 || len(cells) != len(List(rows[0])) {
			c.bad("row of %d cells", len(cells))
		}
		for _, cell := range cells {
			cell := Dict(cell)
			switch cell["type"] {
			case "raw_text":
				c.limit("cell", Str(cell["text"]), 3000)
				c.shown(Str(cell["text"]))
				c.noAddress(Str(cell["text"]))
			case "rich_text":
				c.rich(cell)
			default:
				c.bad("cell of type %v", cell["type"])
			}
		}
	}
	if c.texts-before > 10_000 {
		c.bad("table of %d characters", c.texts-before)
	}
}

// dataTable checks a table that Slack sorts:
// https://docs.slack.dev/reference/block-kit/blocks/data-table-block
//
// Rows are counted with their heading.
func (c *checker) dataTable(b map[string]any) {
	if c.tables++; c.tables > 1 {
		c.bad("second table")
	}
	rows, before := List(b["rows"]), c.texts
	if len(rows) < 2 || len(rows) > 101 || Str(b["caption"]) == "" {
		c.bad("data table of %d rows, called %q", len(rows), b["caption"])
	}
	c.noAddress(Str(b["caption"]))
	for i, row := range rows {
		if n := len(List(row)); n < 1 || n > 20 || n != len(List(rows[0])) {
			c.bad("row of %d cells", n)
		}
		for _, cell := range List(row) {
			c.dataCell(Dict(cell), i == 0)
		}
	}
	if c.texts-before > 20_000 {
		c.bad("data table of %d characters", c.texts-before)
	}
}

// dataCell checks a cell; a heading is raw text, for rich text is refused there.
func (c *checker) dataCell(cell map[string]any, heading bool) {
	switch {
	case cell["type"] == "raw_text", cell["type"] == "raw_number" && cell["value"] != nil && !heading:
		c.limit("cell", Str(cell["text"]), 3000)
		c.shown(Str(cell["text"]))
		c.noAddress(Str(cell["text"]))
	case cell["type"] == "rich_text" && !heading:
		c.rich(cell)
	default:
		c.bad("cell of type %v", cell["type"])
	}
}

// rich checks rich text: nothing empty, no kind of part that the bot does not use.
func (c *checker) rich(b map[string]any) {
	if len(List(b["elements"])) == 0 {
		c.bad("empty rich text")
	}
	for _, part := range List(b["elements"]) {
		part := Dict(part)
		switch part["type"] {
		case "rich_text_section", "rich_text_quote", "rich_text_preformatted":
		default:
			c.bad("rich text part %v", part["type"])
		}
		if len(List(part["elements"])) == 0 {
			c.bad("empty %v", part["type"])
		}
		for _, e := range List(part["elements"]) {
			c.richElement(Dict(e))
		}
	}
}

// richElement checks a run. Text in it needs no look for markup, since Slack reads none there.
//
// Dates need a fallback: an older client, and a notification, shows that.
func (c *checker) richElement(e map[string]any) {
	switch e["type"] {
	case "text":
		c.limit("rich text", Str(e["text"]), 3000)
		c.shown(Str(e["text"]))
	case "link":
		c.limit("link", Str(e["text"]), 3000)
		c.shown(Str(e["text"]))
		c.url(Str(e["url"]))
	case "user", "channel", "usergroup":
		if id := Str(e["user_id"]) + Str(e["channel_id"]) + Str(e["usergroup_id"]); !slackID.MatchString(id) {
			c.bad("id %q", id)
		}
	case "date":
		if ts, _ := e["timestamp"].(float64); ts < 1 || Str(e["fallback"]) == "" {
			c.bad("date %v", e)
		}
	default:
		c.bad("rich text element %v", e["type"])
	}
}

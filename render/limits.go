package render

// Slack's limits, from its Block Kit reference (docs.slack.dev/reference/block-kit). Where the
// reference and Slack's own type definitions disagree the smaller number stands here.
const (
	maxBlocks     = 50  // of a message
	maxViewBlocks = 100 // of a modal

	maxText   = 3000 // any text object
	maxHeader = 150
	maxField  = 2000 // one of a section's fields
	maxFields = 10   // of a section

	maxContextElements = 10
	maxActionElements  = 25
	maxActionID        = 255
	maxBlockID         = 255
	maxButtonText      = 75
	maxButtonValue     = 2000
	maxURL             = 3000

	maxConfirmTitle  = 100
	maxConfirmText   = 300
	maxConfirmButton = 30

	maxOptionText  = 75
	maxOptionValue = 75 // the reference says 150, @slack/types says 75
	maxOptions     = 100
	maxOverflow    = 5
	maxPlaceholder = 150

	maxTableRows    = 100 // the heading included
	maxTableColumns = 20
	maxTableText    = 10_000 // characters of all cells of a message's one table

	maxViewTitle  = 24 // and the buttons of a view
	maxMetadata   = 3000
	maxInputText  = 3000 // of a text input
	maxInputLabel = 2000
	maxInputHint  = 2000
)

// Limits that we set ourselves.
const (
	maxFallback = 4000   // Message.Text: chat.update refuses more, chat.postMessage advises it
	maxChars    = 12_000 // text of all blocks: Slack answers msg_blocks_too_long from about 13,000 on
	maxBytes    = 40_000 // JSON of a whole message
	maxCell     = 300    // characters of a table's cell
	maxNotes    = 600    // characters of the note that says what was left out
	maxVisible  = 4      // actions that are not behind ⋯
	maxElements = 50     // actions of a message, those behind ⋯ not counted
)

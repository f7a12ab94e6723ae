package render

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestLimitsAreSlacks compares our numbers with the collected limits, where these are at hand.
func TestLimitsAreSlacks(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("../../shared/slack/limits.json")
	if err != nil {
		t.Log("the collected limits are not here; the numbers in this file stand for them")
		return
	}
	var all map[string]any
	require.NoError(t, json.Unmarshal(raw, &all))
	for path, ours := range map[string]int{
		"text.max_length": maxText, "action_id.max_length": maxActionID, "block_id.max_length": maxBlockID,
		"button.text.max_length": maxButtonText, "button.value.max_length": maxButtonValue, "button.url.max_length": maxURL,
		"confirmation.title.max_length": maxConfirmTitle, "confirmation.text.max_length": maxConfirmText,
		"confirmation.confirm.max_length": maxConfirmButton, "option.text.max_length": maxOptionText,
		"option.value.max_length": maxOptionValue, "select.placeholder.max_length": maxPlaceholder,
		"select.options.max_items": maxOptions, "overflow.options.max_items": maxOverflow,
		"plain_text_input.max_length.max": maxInputText, "actions.elements.max_items": maxActionElements,
		"context.elements.max_items": maxContextElements, "header.text.max_length": maxHeader,
		"input.label.max_length": maxInputLabel, "input.hint.max_length": maxInputHint, "section.fields.max_items": maxFields,
		"section.fields.item_max_length": maxField, "view.blocks.max_items": maxViewBlocks,
		"view.private_metadata.max_length": maxMetadata, "view.title.max_length": maxViewTitle,
	} {
		var v any = all
		for key := range strings.SplitSeq(path, ".") {
			v = dict(v)[key]
		}
		theirs, ok := v.(float64)
		require.True(t, ok, path)
		require.LessOrEqual(t, float64(ours), theirs, path)
	}
}

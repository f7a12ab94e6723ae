package wire_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/bot/slacksim/wire"
)

func TestNumbersStayAsTheyWereWritten(t *testing.T) {
	t.Parallel()
	var o map[string]any
	require.NoError(t, wire.Decode([]byte(`{"ts":1700000000.123456,"id":12345678901234567890}`), &o))
	require.Equal(t, "1700000000.123456", wire.Text(o["ts"]))
	require.JSONEq(t, `{"ts":1700000000.123456,"id":12345678901234567890}`, string(wire.Encode(o)))
	require.Error(t, wire.Decode([]byte(`{} {}`), &o), "one value, and nothing after it")
	require.Error(t, wire.Decode([]byte(`{`), &o))
}

func TestTextsAreWrittenWithoutTheEscapesOfHTML(t *testing.T) {
	t.Parallel()
	require.Equal(t, `{"text":"<@U1> & co"}`, string(wire.Encode(map[string]any{"text": "<@U1> & co"})))
}

func TestWhatHasAnotherTypeReadsAsNothing(t *testing.T) {
	t.Parallel()
	require.Nil(t, wire.Object("x"))
	require.Nil(t, wire.ParseObject(json.RawMessage(`[1]`)))
	require.Equal(t, []map[string]any{{"a": "b"}}, wire.Objects([]any{1, map[string]any{"a": "b"}}))
	require.Empty(t, wire.Objects("x"))
	require.Empty(t, wire.Text([]any{}))
	require.Equal(t, "true", wire.Text(true))
	require.True(t, wire.IsTrue(true))
	require.False(t, wire.IsTrue("true"))
	require.Equal(t, 7, wire.IntOf(json.Number("7")))
	require.Zero(t, wire.IntOf("seven"))
}

package transport

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestEveryShapeOfErrorIsUnderstood(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		status  int
		body    string
		message string
		code    int
	}{
		"title":             {401, `{"errors":[{"code":4010010,"title":"Authentication Failed","detail":null}]}`, "Authentication Failed", 4010010},
		"detail first":      {400, `{"errors":[{"code":4000010,"title":"Validation Error","detail":"dict_values(['xxx']): Unknown field"}]}`, "dict_values(['xxx']): Unknown field", 4000010},
		"empty detail":      {404, `{"errors":[{"code":4040010,"title":"Requested resource was not found","detail":""}]}`, "Requested resource was not found", 4040010},
		"several":           {400, `{"errors":[{"code":1,"detail":"a"},{"code":2,"detail":"b"},{"detail":"a"}]}`, "a; b", 1},
		"code as text":      {400, `{"errors":[{"code":"4000010","title":"No"}]}`, "No", 4000010},
		"texts":             {400, `{"errors":["first","second"]}`, "first; second", 0},
		"error":             {405, `{"error":"The method is not allowed for the requested URL."}`, "The method is not allowed for the requested URL.", 0},
		"message":           {400, `{"message":"Header must start with Bearer","status":"error/client/badParam"}`, "Header must start with Bearer", 0},
		"unheard of":        {400, `{"errors":{"ids":["Not a valid Identifier."]}}`, `errors.ids: ["Not a valid Identifier."]`, 0},
		"text":              {502, "upstream  connect\r\nerror", "upstream connect error", 0},
		"JSON text":         {500, `"went wrong"`, "went wrong", 0},
		"page":              {429, "<html>\r\n<head><title>429 Too Many Requests</title></head>\r\n<body>\r\n<center><h1>Too many</h1></center>\r\n</body></html>", "429 Too Many Requests", 0},
		"page, title bold":  {503, "<!DOCTYPE html><html><head><TITLE>Down &amp; <b>out</b></TITLE><script>alert(1)</script>", "Down & out", 0},
		"page, no title":    {503, "<html><body><h1>Sorry</h1><p>secret internals</p>", "Sorry", 0},
		"page, no heading":  {503, "<html><body><p>secret internals</p>", "Service Unavailable", 0},
		"nothing":           {502, "", "Bad Gateway", 0},
		"nothing, odd code": {599, "", "the console gave no reason", 0},
		"empty object":      {403, "{}", "Forbidden", 0},
		"empty list":        {403, `{"errors":[]}`, "Forbidden", 0},
		"cut JSON":          {400, `{"errors":[{"ti`, "Bad Request", 0},
		"controls":          {400, "a\x00b\x1b[31mc", "a b [31mc", 0},
	} {
		message, code := ReadProblem(row.status, []byte(row.body))
		require.Equal(t, row.message, message, name)
		require.Equal(t, row.code, code, name)
	}
}

func TestALongMessageIsCut(t *testing.T) {
	t.Parallel()
	message, _ := ReadProblem(500, []byte(strings.Repeat("ä", 10_000)))
	require.Equal(t, maxMessage+1, len([]rune(message)))
	require.True(t, strings.HasSuffix(message, "…"))
}

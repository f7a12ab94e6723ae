// Package wire reads and writes JSON whose shape is not known before: payloads that an app sends,
// blocks that nobody has judged yet.
//
// What has another type than expected reads as nothing ([Object] gives nil, [Text] gives ""), so
// that walking through a payload needs no check at each step; whoever must tell "missing" from
// "wrong" looks at the value itself. Numbers stay as they were written ([json.Number]), because
// Slack's ids and time stamps lose digits as floats.
package wire

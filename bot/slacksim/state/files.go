package state

import "s1bot/bot/slacksim/webapi"

// A File is a file that was uploaded, or is about to be.
type File struct {
	ID       string
	Name     string
	Title    string
	Size     int // as announced
	MIMEType string
	Content  []byte // nil until it was uploaded

	Shared bool
	Shares []Share
}

// A Share is where a file stands.
type Share struct {
	Channel *Conversation
	Message *Message
}

// FileObjects are files as messages and the Web API show them.
func (ws *conversations) FileObjects(files []File) []any {
	objects := []any{}
	for _, f := range files {
		objects = append(objects, webapi.Reply{"id": f.ID, "name": f.Name, "title": f.Title, "mimetype": f.MIMEType, "size": f.Size, "mode": "hosted",
			"user": ws.Bot().ID, "url_private": ws.Base + "/files-pri/" + f.ID + "/" + f.Name, "is_external": false})
	}
	return objects
}

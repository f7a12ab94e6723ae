package render

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// The measures of a chart's picture in pixels, twice what Slack shows, for screens that are sharp.
const (
	pictureWidth = 1200
	pictureEdge  = 40 // left free around it
	barHeight    = 30
	barPitch     = 44 // from one bar to the next
	textSize     = 24
	textGap      = 16 // between a name, its bar and the number
)

var (
	paper = color.RGBA{0xff, 0xff, 0xff, 0xff}
	ink   = color.RGBA{0x1d, 0x1c, 0x1d, 0xff}
	blue  = color.RGBA{0x12, 0x64, 0xa3, 0xff}
)

// Pictures are a card's charts as PNG files, for where Slack takes no chart blocks. A chart without bars has none.
func (c Card) Pictures() []File {
	var files []File
	for _, p := range c.Parts {
		chart, ok := p.(Chart)
		if !ok || len(chart.Bars) == 0 {
			continue
		}
		if body, err := chart.PNG(); err == nil { // the font and the encoder take whatever comes; the message has the bars as well
			files = append(files, File{Name: fmt.Sprintf("chart-%d.png", len(files)+1), Title: short(chart.Title, "Chart", maxChartTitle), Body: body})
		}
	}
	return files
}

// PNG is the chart as a picture: a bar a line, with its name before and its number behind it.
func (c Chart) PNG() ([]byte, error) {
	shown := c.shown()
	p, err := newPicture(pictureWidth, 2*pictureEdge+(len(shown)+1)*barPitch)
	if err != nil {
		return nil, err
	}
	p.write(short(c.Title, "Chart", maxChartTitle), pictureEdge, 0)
	left, right, most := 0, 0, 1
	for _, a := range shown {
		left, right, most = max(left, p.width(barName(a))), max(right, p.width(fmt.Sprint(a.Value))), max(most, a.Value)
	}
	left += pictureEdge + textGap
	room := pictureWidth - pictureEdge - right - textGap - left
	for i, a := range shown {
		long := a.bar(most, room, 2)
		p.write(barName(a), left-textGap-p.width(barName(a)), i+1)
		p.bar(left, long, i+1)
		p.write(fmt.Sprint(a.Value), left+long+textGap, i+1)
	}
	var out bytes.Buffer
	if err := png.Encode(&out, p.image); err != nil {
		return nil, fmt.Errorf("encode a chart: %w", err)
	}
	return out.Bytes(), nil
}

func barName(a Amount) string { return short(a.Name, none, maxLabel) }

// A picture is paper with lines, and a pen.
type picture struct {
	image *image.RGBA
	face  font.Face
}

func newPicture(wide, high int) (*picture, error) {
	letters, err := opentype.Parse(goregular.TTF)
	if err != nil {
		return nil, fmt.Errorf("read the font of pictures: %w", err)
	}
	face, err := opentype.NewFace(letters, &opentype.FaceOptions{Size: textSize, DPI: 72, Hinting: font.HintingFull})
	if err != nil {
		return nil, fmt.Errorf("prepare the font of pictures: %w", err)
	}
	p := &picture{image: image.NewRGBA(image.Rect(0, 0, wide, high)), face: face}
	draw.Draw(p.image, p.image.Bounds(), image.NewUniform(paper), image.Point{}, draw.Src)
	return p, nil
}

// width is how wide a text is.
func (p *picture) width(text string) int { return font.MeasureString(p.face, text).Ceil() }

// write puts a text on a line, counted from 0.
func (p *picture) write(text string, x, line int) {
	pen := font.Drawer{Dst: p.image, Src: image.NewUniform(ink), Face: p.face, Dot: fixed.P(x, pictureEdge+line*barPitch+textSize)}
	pen.DrawString(text)
}

func (p *picture) bar(x, long, line int) {
	top := pictureEdge + line*barPitch
	draw.Draw(p.image, image.Rect(x, top, x+long, top+barHeight), image.NewUniform(blue), image.Point{}, draw.Src)
}

package pdf
type textFont struct{}

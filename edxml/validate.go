package edxml

// ValidationError is one finding: a code such as N.MessageHeader.Subject and a
// Vietnamese sentence. The letter says what is wrong:
//
//	N. missing   R. out of range   M. does not match   T. wrong type
type ValidationError struct {
	Code        string `xml:"code"`
	Description string `xml:"description"`
}

// ErrorList is the report of Validate, in the order of the clauses.
type ErrorList []ValidationError

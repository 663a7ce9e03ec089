/* libxml2: the whole document as a tree (`libxml2_dom`), and its pull parser over all nodes and attributes with their
 * names resolved (`libxml2_reader`), which keeps nothing. */
#include <libxml/parser.h>
#include <libxml/xmlreader.h>

#include "driver.h"

static const char *text;
static int size, with_reader;
/* What the reader saw, so that it is not in vain. */
static volatile unsigned long seen;

static void peer_prepare(const char *name, const char *document, const char *document_text, size_t length) {
    (void)document;
    text = document_text;
    size = (int)length;
    with_reader = !strcmp(name, "libxml2_reader");
    if (!with_reader && strcmp(name, "libxml2_dom"))
        fail("libxml2 has the cases libxml2_dom and libxml2_reader");
    LIBXML_TEST_VERSION
    xmlInitParser();
}

static void dom(void) {
    xmlDocPtr document = xmlReadMemory(text, size, NULL, NULL, XML_PARSE_NONET | XML_PARSE_COMPACT);
    if (!document)
        fail("libxml2 does not read the document");
    xmlFreeDoc(document);
}

static void reader(void) {
    xmlTextReaderPtr reader = xmlReaderForMemory(text, size, NULL, NULL, XML_PARSE_NONET | XML_PARSE_COMPACT);
    int more = 0;
    if (!reader)
        fail("libxml2 makes no reader");
    while ((more = xmlTextReaderRead(reader)) == 1) {
        switch (xmlTextReaderNodeType(reader)) {
        case XML_READER_TYPE_ELEMENT:
            seen += xmlTextReaderConstLocalName(reader) && xmlTextReaderConstNamespaceUri(reader);
            while (xmlTextReaderMoveToNextAttribute(reader) == 1)
                seen += xmlTextReaderConstLocalName(reader) && xmlTextReaderConstValue(reader);
            break;
        case XML_READER_TYPE_TEXT:
            seen += xmlTextReaderConstValue(reader) != NULL;
            break;
        }
    }
    xmlFreeTextReader(reader);
    if (more)
        fail("libxml2's reader does not read the document");
}

static void peer_run(void) {
    if (with_reader)
        reader();
    else
        dom();
}

static const char *peer_text(size_t *length) {
    *length = 0;
    return NULL;
}

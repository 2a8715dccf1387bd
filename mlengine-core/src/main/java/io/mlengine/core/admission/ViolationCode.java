package io.mlengine.core.admission;

import io.mlengine.spi.model.Violation;
import java.util.Arrays;
import java.util.Optional;

/** The stable codes of everything that can be wrong with a job or its document; each is a heading of the docs. */
public enum ViolationCode {
    /** The file is no UTF-8 text. */
    NOT_TEXT(401, "not a text file", "The file holds bytes that are no UTF-8 text, or control characters."),
    /** YAML or JSON cannot be read. */
    SYNTAX(402, "syntax error", "The text is neither YAML nor JSON at this place. Nothing after it was checked."),
    /** Nothing in the document. */
    EMPTY(403, "empty document", "The file holds no document, or only comments."),
    /** More than one document. */
    SEVERAL_DOCUMENTS(404, "several documents", "A file describes one job. Put each job in a file of its own."),
    /** The document is too large, too deep, or grows too much through its anchors. */
    TOO_LARGE(405, "document too large", "More than 1 MiB, 64 levels, or 50,000 values once anchors are expanded."),
    /** Not a document of this kind and version. */
    WRONG_KIND(406, "wrong apiVersion or kind", "A job begins with apiVersion: mlengine.io/v1 and kind: MLTrain."),
    /** A required field is not there. */
    MISSING_FIELD(410, "missing field", "The field has no default and must be written."),
    /** A key appears twice in one object. */
    DUPLICATE_KEY(411, "duplicate key", "Each key may stand once; which of two values was meant cannot be guessed."),
    /** No such field. */
    UNKNOWN_FIELD(412, "unknown field", "The document has no such field here. Fields are spelled in camelCase."),
    /** {@code --set} names a field that does not exist. */
    UNKNOWN_PATH(413, "unknown path", "The path given to --set leads to no field of the document."),
    /** The value has another type than the field. */
    WRONG_TYPE(420, "wrong type", "The value is, for example, a number where a text is expected."),
    /** A size or a time without a unit, or with one that does not exist. */
    BAD_UNIT(421, "bad unit", "Sizes and times need a unit; cores are numbers or thousandths such as 500m."),
    /** Not one of the words allowed. */
    UNKNOWN_WORD(422, "unknown word", "The field allows only certain words."),
    /** A number, size or time outside its bounds. */
    OUT_OF_RANGE(430, "out of range", "The value is smaller or larger than the field allows."),
    /** Two fields contradict each other. */
    CONTRADICTION(431, "contradiction", "Two fields cannot both hold."),
    /** The gang can never start. */
    IMPOSSIBLE_GANG(432, "impossible gang", "More replicas are to start together, or to succeed, than the job has."),
    /** A job that was accepted is changed. */
    IMMUTABLE(433, "cannot be changed", "Once a job is accepted only its wish and sizes of elastic roles may change."),
    /** A field that is lost when the job is handed to another controller. */
    NOT_DELEGABLE(434, "cannot be handed over", "The kind that spec.delegate names has nothing that does the same."),
    /** A job that another controller runs is given to an engine. */
    DELEGATED(
            435, "run by another controller", "A job with delegate is an object of a cluster; engines do not run it."),
    /** The queue takes no job of this priority. */
    PRIORITY_TOO_HIGH(436, "priority too high", "The job's queue, or one above it, has a maxPriority that is lower."),
    /** A name that has not the form of a DNS label. */
    BAD_NAME(440, "bad name", "Names become DNS labels: a-z, 0-9 and dashes, a letter first, no dash at the end."),
    /** A name that leaves no room in the 63 characters of a DNS label. */
    NAME_TOO_LONG(441, "name too long", "A replica runs as job-role-index-aATTEMPT-rRESTART, 63 characters at most."),
    /** Two things of one kind with the same name. */
    DUPLICATE_NAME(442, "duplicate name", "Roles, inputs, outputs and variables are told apart by their names."),
    /** A role that does not exist. */
    UNKNOWN_ROLE(443, "unknown role", "startAfter names a role that the job does not have."),
    /** Roles wait for each other. */
    CYCLE(444, "roles wait for each other", "Following startAfter leads back to where it began."),
    /** A job without roles. */
    NO_ROLES(445, "no roles", "A job needs at least one role to run."),
    /** No role that the job waits for. */
    NOTHING_TRACKED(446, "nothing to wait for", "When no role is tracked the job would have ended before it began."),
    /** Nothing to run. */
    NO_COMMAND(447, "nothing to run", "A role needs a command, or an image that brings one."),
    /** Not a name of an environment variable. */
    BAD_VARIABLE(450, "bad variable name", "Variables consist of letters, digits and _, and begin with no digit."),
    /** A variable that the engine or the framework sets. */
    RESERVED_VARIABLE(451, "reserved variable", "The engine or the framework sets this variable itself."),
    /** A label or annotation that the engine sets. */
    RESERVED_LABEL(452, "reserved label", "The engine sets labels and annotations of mlengine.io itself."),
    /** A source of code or data in a form that nobody can fetch. */
    BAD_SOURCE(460, "bad source", "Code comes from a folder or a git repository, data from a path or a claim."),
    /** A password or token inside a URL. */
    CREDENTIALS_IN_URL(461, "credentials in a URL", "They would end up in logs and stores. Name a secret instead."),
    /** A path that leaves its folder. */
    BAD_PATH(462, "bad path", "The path is empty, absolute where it must not be, or leaves its folder with ..."),
    /** No such framework loaded. */
    UNKNOWN_FRAMEWORK(470, "unknown framework", "No loaded plugin brings this framework; see mlengine plugins."),
    /** The framework has no such option. */
    UNKNOWN_OPTION(471, "unknown option", "The framework does not know this option."),
    /** The framework's option has a value that does not fit. */
    BAD_OPTION(472, "bad option", "The option's value has another type or lies outside what the option allows."),
    /** A document of another system that becomes no job. */
    NOT_CONVERTIBLE(480, "not convertible", "No rule says which job this document becomes; see docs/converting.md."),
    /** A document of another system needs another one that was not given. */
    MISSING_DOCUMENT(481, "missing document", "The document refers to another one; give both together.");

    private static final int LONGEST_TEXT = 400;

    private final int number;
    private final String title;
    private final String meaning;

    ViolationCode(int number, String title, String meaning) {
        this.number = number;
        this.title = title;
        this.meaning = meaning;
    }

    /**
     * Returns the code as people see it.
     *
     * @return for example {@code ML-412}
     */
    public String code() {
        return "ML-" + number;
    }

    /**
     * Returns the few words that stand beside the code.
     *
     * @return the title, in lower case
     */
    public String title() {
        return title;
    }

    /**
     * Returns what the code means.
     *
     * @return one or two sentences
     */
    public String meaning() {
        return meaning;
    }

    /**
     * Whether the rule looks at several fields, so that its finding means little while one of them cannot be read.
     *
     * @return true for such rules
     */
    public boolean isDerived() {
        return switch (this) {
            case CONTRADICTION, IMPOSSIBLE_GANG, UNKNOWN_ROLE, CYCLE, NO_ROLES, NOTHING_TRACKED, NO_COMMAND -> true;
            default -> false;
        };
    }

    /**
     * Whether the finding is about a key that the user chose, not about its value.
     *
     * @return true for names of variables, labels and options
     */
    public boolean isAboutKey() {
        return this == BAD_VARIABLE || this == RESERVED_VARIABLE || this == RESERVED_LABEL || this == UNKNOWN_OPTION;
    }

    /**
     * Makes a violation with this code and its title as message.
     *
     * @param path the field
     * @param found the value as written; credentials in it are masked
     * @param advice what to do
     * @return the violation
     */
    public Violation at(String path, String found, String advice) {
        return new Violation(
                Redaction.of(path), code(), title, shortened(Redaction.of(found)), shortened(Redaction.of(advice)));
    }

    private static String shortened(String text) {
        return text.length() <= LONGEST_TEXT ? text : text.substring(0, LONGEST_TEXT) + "...";
    }

    /**
     * Finds a code.
     *
     * @param code for example {@code ML-412}
     * @return the code, or empty when it is none of core's
     */
    public static Optional<ViolationCode> of(String code) {
        return Arrays.stream(values())
                .filter(candidate -> candidate.code().equalsIgnoreCase(code))
                .findFirst();
    }
}

package io.mlengine.core.document;

import static io.mlengine.core.document.Values.ordered;

import io.mlengine.core.admission.FieldPath;
import io.mlengine.core.admission.Limits;
import io.mlengine.core.admission.ViolationCode;
import io.mlengine.core.document.SourceNode.Mapping;
import io.mlengine.core.document.SourceNode.Scalar;
import io.mlengine.core.document.SourceNode.Sequence;
import io.mlengine.core.job.ExitCodes;
import io.mlengine.core.job.ExitCodes.Profile;
import io.mlengine.spi.model.FrameworkOptions;
import io.mlengine.spi.model.GpuRequest;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Values that may be written in more than one form. */
final class SpecialValues {
    private static final List<Profile> NAMED = List.of(Profile.KUBEFLOW, Profile.KUBEDL, Profile.ANY, Profile.NONE);

    private SpecialValues() {}

    /** A text that can only be one. */
    static ValueType<String> constant(String text) {
        return new ConstantType(text);
    }

    /** A number of GPUs, or an object that says more. */
    static ValueType<GpuRequest> gpus(ObjectType<GpuRequest> detailed) {
        return new GpuType(Values.integer(1, Limits.MOST_GPUS), detailed);
    }

    /** A profile's name, or the codes themselves. */
    static ValueType<ExitCodes> exitCodes() {
        Field<ExitCodes, List<ExitCodes.Range>> codes = Field.required(
                "retryable",
                Values.list(new RangeType()),
                "Codes that are worth another try: numbers, or ranges such as \"137-143\".",
                ExitCodes::retryable,
                List.of());
        ObjectType<ExitCodes> custom = ObjectType.of(
                "a profile's name or an object with `retryable`",
                given -> new ExitCodes(Profile.CUSTOM, given.get(codes)),
                codes);
        return new ExitCodesType(Values.word(NAMED), custom);
    }

    /** Options of whatever framework; its plugin knows their types. */
    static ValueType<FrameworkOptions> options() {
        return Values.converted(
                Values.map(new OptionType()), FrameworkOptions::new, options -> new TreeMap<>(options.values()));
    }

    private record ConstantType(String text) implements ValueType<String> {
        @Override
        public Optional<String> read(SourceNode node, String path, Reading reading) {
            if (node instanceof Scalar scalar && scalar.text().equals(text)) {
                return Optional.of(text);
            }
            String found = node instanceof Scalar scalar ? scalar.text() : node.noun();
            boolean isForeign = found.startsWith("kubeflow.org/") || found.startsWith("trainer.kubeflow.org/");
            String advice = "must be " + text + (isForeign ? "; `mlengine convert` makes it of a job of Kubeflow" : "");
            reading.reject(ViolationCode.WRONG_KIND, path, node.position(), found, advice);
            return Optional.empty();
        }

        @Override
        public Object write(String value) {
            return text;
        }

        @Override
        public Map<String, Object> schema() {
            return Map.of("const", text);
        }
    }

    private record GpuType(ValueType<Integer> count, ObjectType<GpuRequest> detailed) implements ValueType<GpuRequest> {
        @Override
        public Optional<GpuRequest> read(SourceNode node, String path, Reading reading) {
            if (node instanceof Mapping) {
                return detailed.read(node, path, reading);
            }
            // Rules of admission speak of the count, which has no key of its own in this form.
            reading.note(FieldPath.key(path, "count"), node.position());
            return count.read(node, path, reading).map(GpuRequest::of);
        }

        @Override
        public Object write(GpuRequest value) {
            return value.equals(GpuRequest.of(value.count())) ? count.write(value.count()) : detailed.write(value);
        }

        @Override
        public Map<String, Object> schema() {
            return Map.of("anyOf", List.of(count.schema(), detailed.schema()));
        }

        @Override
        public Shape shape() {
            return detailed.shape();
        }
    }

    private record ExitCodesType(ValueType<Profile> profile, ObjectType<ExitCodes> custom)
            implements ValueType<ExitCodes> {
        @Override
        public Optional<ExitCodes> read(SourceNode node, String path, Reading reading) {
            return node instanceof Scalar
                    ? profile.read(node, path, reading).map(name -> new ExitCodes(name, List.of()))
                    : custom.read(node, path, reading);
        }

        @Override
        public Object write(ExitCodes value) {
            return value.profile() == Profile.CUSTOM ? custom.write(value) : profile.write(value.profile());
        }

        @Override
        public Map<String, Object> schema() {
            return Map.of("anyOf", List.of(profile.schema(), custom.schema()));
        }
    }

    private record RangeType() implements ValueType<ExitCodes.Range> {
        private static final String FORM = "[0-9]{1,3}(-[0-9]{1,3})?";
        private static final Pattern RANGE = Pattern.compile("([0-9]{1,3})(?:-([0-9]{1,3}))?");

        @Override
        public Optional<ExitCodes.Range> read(SourceNode node, String path, Reading reading) {
            return reading.scalar(node, path, "expected a code such as 137").flatMap(scalar -> {
                Matcher matcher = RANGE.matcher(scalar.text());
                if (!matcher.matches()) {
                    return reading.wrongType(path, node, "expected a code such as 137 or a range such as \"137-143\"");
                }
                int from = Integer.parseInt(matcher.group(1));
                int to = matcher.group(2) == null ? from : Integer.parseInt(matcher.group(2));
                return Optional.of(new ExitCodes.Range(from, to));
            });
        }

        @Override
        public Object write(ExitCodes.Range range) {
            if (range.from() == range.to()) {
                return (long) range.from();
            }
            return range.from() + "-" + range.to();
        }

        @Override
        public Map<String, Object> schema() {
            Map<String, Object> number = ordered("type", "integer", "minimum", 1);
            number.put("maximum", 255);
            return Map.of("anyOf", List.of(number, ordered("type", "string", "pattern", "^" + FORM + "$")));
        }
    }

    /** An option's value has the type that its form shows. */
    private record OptionType() implements ValueType<Object> {
        @Override
        public Optional<Object> read(SourceNode node, String path, Reading reading) {
            if (node instanceof Sequence sequence) {
                List<Object> words = new ArrayList<>();
                for (int i = 0; i < sequence.items().size(); i++) {
                    String at = FieldPath.item(path, i);
                    Values.TEXT.read(sequence.items().get(i), at, reading).ifPresent(words::add);
                }
                return Optional.of(words);
            }
            return reading.scalar(node, path, "expected a text, a number, true, false or a list")
                    .flatMap(scalar -> value(scalar, path, reading));
        }

        private static Optional<Object> value(Scalar scalar, String path, Reading reading) {
            if (scalar.isInteger()) {
                BigInteger number = new BigInteger(scalar.text().replaceFirst("^\\+", ""));
                if (number.bitLength() > 63) {
                    String advice = "this number is too large";
                    reading.reject(ViolationCode.OUT_OF_RANGE, path, scalar.position(), scalar.text(), advice);
                    return Optional.empty();
                }
                return Optional.of(number.longValue());
            }
            if (scalar.isFlag()) {
                return Optional.of(Boolean.parseBoolean(scalar.text()));
            }
            if (!scalar.isNumber()) {
                return Optional.of(scalar.text());
            }
            double number = scalar.text().matches("[-+0-9.eE]+") ? Double.parseDouble(scalar.text()) : Double.NaN;
            if (Double.isNaN(number) || Double.isInfinite(number)) {
                return reading.wrongType(path, scalar, "expected a finite number");
            }
            return Optional.of(number);
        }

        @Override
        public Object write(Object value) {
            return value;
        }

        @Override
        public Map<String, Object> schema() {
            return ordered("type", List.of("string", "number", "boolean", "array"), "items", Map.of("type", "string"));
        }
    }

    /**
     * Name to value, written as a list of objects that have a name, as in Kubernetes, or as a map.
     *
     * @param named one item of the list
     * @param plain a value of the map
     */
    record NamedType<V>(ObjectType<Map.Entry<String, V>> named, ValueType<V> plain)
            implements ValueType<SortedMap<String, V>> {
        @Override
        public Optional<SortedMap<String, V>> read(SourceNode node, String path, Reading reading) {
            if (node instanceof Mapping) {
                return Values.map(plain).read(node, path, reading);
            }
            if (!(node instanceof Sequence sequence)) {
                return reading.wrongType(path, node, "expected a list of name and value, or name: value");
            }
            SortedMap<String, V> map = new TreeMap<>();
            for (int i = 0; i < sequence.items().size(); i++) {
                SourceNode item = sequence.items().get(i);
                String at = FieldPath.item(path, i);
                reading.note(at, item.position());
                Optional<Scalar> name = name(item);
                // The model knows variables by name, the list by index: both lead here.
                name.ifPresent(scalar -> reading.note(FieldPath.key(path, scalar.text()), scalar.position()));
                if (item instanceof Mapping mapping
                        && mapping.value("value").isPresent()
                        && mapping.value("valueFrom").isPresent()) {
                    String advice = "give either `value` or `valueFrom`";
                    reading.reject(ViolationCode.CONTRADICTION, at, item.position(), "", advice);
                }
                named.read(item, at, reading).ifPresent(entry -> {
                    if (map.putIfAbsent(entry.getKey(), entry.getValue()) != null) {
                        duplicate(name.orElseThrow(), at, reading);
                    }
                });
            }
            return Optional.of(map);
        }

        private static Optional<Scalar> name(SourceNode item) {
            return item instanceof Mapping mapping
                    ? mapping.value("name").filter(Scalar.class::isInstance).map(Scalar.class::cast)
                    : Optional.empty();
        }

        private static void duplicate(Scalar name, String path, Reading reading) {
            String advice = "`" + name.text() + "` is set twice, remove one";
            String at = FieldPath.key(path, "name");
            reading.reject(ViolationCode.DUPLICATE_NAME, at, name.position(), name.text(), advice);
        }

        @Override
        public Object write(SortedMap<String, V> map) {
            return map.entrySet().stream()
                    .map(entry -> named.write(Map.entry(entry.getKey(), entry.getValue())))
                    .toList();
        }

        @Override
        public Map<String, Object> schema() {
            Map<String, Object> list = ordered("type", "array", "items", named.schema());
            return Map.of("anyOf", List.of(list, Values.map(plain).schema()));
        }

        @Override
        public Shape shape() {
            return new Shape(Shape.Kind.VARIABLES, Map.of(), Optional.of(plain));
        }
    }

    /** A type that is written as text when that says all, else as an object. */
    record TextOrObjectType<V>(ValueType<V> text, ValueType<V> object, Predicate<V> isText) implements ValueType<V> {
        @Override
        public Optional<V> read(SourceNode node, String path, Reading reading) {
            return node instanceof Mapping ? object.read(node, path, reading) : text.read(node, path, reading);
        }

        @Override
        public Object write(V value) {
            return isText.test(value) ? text.write(value) : object.write(value);
        }

        @Override
        public Map<String, Object> schema() {
            return Map.of("anyOf", List.of(text.schema(), object.schema()));
        }
    }
}

// What a user of the library meets, so that `import Nabla` is enough.
@_exported import NablaNumerics

@_exported import struct NablaLanguage.Diagnostic
@_exported import struct NablaLanguage.Dimension
@_exported import enum NablaLanguage.Property
@_exported import struct NablaLanguage.Shape
@_exported import struct NablaLanguage.SourceRange
@_exported import struct NablaLanguage.SourceText

namespace ProductPhotos;

internal enum ToyKind
{
    Plane,
    Car,
    Ship,
    Truck,
}
